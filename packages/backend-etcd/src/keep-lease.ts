import { Readable } from 'node:stream';
import { epochMs } from '@weft/core';
import type { Etcd3, ILeaseKeepAliveResponse } from 'etcd3';
import type { CallOptions } from './etcd-client.js';

const DEADLINE_MS = 10_000;

/** Begins the time of a lease anew, once; false when the server does not know it, or no longer. */
export async function keepLease({ leaseClient }: Etcd3, id: string, options: CallOptions): Promise<boolean> {
  const stream = await leaseClient.leaseKeepAlive({ ...options, deadline: epochMs() + DEADLINE_MS });
  stream.write({ ID: id });
  stream.end();
  let isKept = false;
  if (!(stream instanceof Readable)) return isKept;
  for await (const message of stream) {
    const { TTL }: ILeaseKeepAliveResponse = message;
    isKept = Number(TTL) > 0;
  }
  return isKept;
}
