import { randomUUID } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { epochMs, type TlsMaterial } from '@weft/core';
import type { Etcd3, IOptions } from 'etcd3';
import type { EtcdEndpoint, EtcdTarget } from './etcd-options.js';

/** The client library, which takes long to load: only who opens a backend pays for it. */
export type EtcdLibrary = typeof import('etcd3');

/** The part of a gRPC channel that tells of its connection. */
export interface EtcdChannel {
  /** What it is now, as a number; does not connect when `tryToConnect` is false. */
  getConnectivityState(tryToConnect: boolean): number;
  /** Calls back once when it is something else than `state`, or with an error at the deadline, in epoch ms. */
  watchConnectivityState(state: number, deadline: number, callback: () => void): void;
}

/** A client of the library that shows its connection. */
export interface EtcdClient extends Etcd3 {
  /** The channel of the calls about keys. Those of all services share one connection. */
  channel(): Promise<EtcdChannel>;
}

/** What a single call can be given. */
export type CallOptions = NonNullable<Parameters<Etcd3['kv']['range']>[1]>;

type Policy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

/** Tries once, and keeps no count of failures: who retries, and how often, is decided above. */
const JUST_RUN: Policy = {
  _altReturn: undefined as never,
  onSuccess: () => ({ dispose() {} }),
  onFailure: () => ({ dispose() {} }),
  execute: async (run, signal = new AbortController().signal) => run({ signal }),
};

/** What a client is made for. */
export interface EtcdClientOptions extends Pick<EtcdTarget, 'credentials' | 'timeoutMs'> {
  /** The server. */
  readonly endpoint: EtcdEndpoint;
  /** Content of the files of `tls`, for an encrypted connection. */
  readonly tls: TlsMaterial | undefined;
}

/**
 * A client of one server over a connection of its own, without retries and breakers. Nothing is sent yet.
 * @throws Error when a key or certificate is none
 */
export function createEtcdClient(library: EtcdLibrary, options: EtcdClientOptions): EtcdClient {
  const { endpoint, credentials, tls, timeoutMs } = options;
  class Client extends library.Etcd3 {
    channel(): Promise<EtcdChannel> {
      return this.pool.withConnection('KV', ({ client }) => client.getChannel());
    }
  }
  return new Client({
    hosts: endpoint.url,
    ...(credentials && { auth: credentials }),
    ...(tls && { credentials: credentialsOf(tls) }),
    faultHandling: { host: () => JUST_RUN, global: JUST_RUN },
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: epochMs() + timeoutMs }),
    grpcOptions: {
      // Clients with equal options would share a connection, also with one that is known to hang.
      'grpc.primary_user_agent': `weft/${randomUUID().slice(0, 8)}`,
      'grpc.max_receive_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 1_000,
      ...(tls?.serverName !== undefined && { 'grpc.ssl_target_name_override': tls.serverName }),
    },
  });
}

function credentialsOf({ ca, cert, key }: TlsMaterial): NonNullable<IOptions['credentials']> {
  return {
    rootCertificate: Buffer.from(ca ?? rootCertificates.join('\n')),
    ...(cert !== undefined && { certChain: Buffer.from(cert) }),
    ...(key !== undefined && { privateKey: Buffer.from(key) }),
  };
}
