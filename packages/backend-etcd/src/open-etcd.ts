import { systemClock, WeftError } from '@weft/core';
import { EtcdBackend } from './etcd-backend.js';
import { EtcdConnection } from './etcd-connection.js';
import { type EtcdOptions, type EtcdSurroundings, parseEtcdOptions } from './etcd-options.js';
import { prefixRange } from './key-range.js';

/** How long opening waits for a server before it is left to the background. */
const PATIENCE_MS = 5_000;

/**
 * Opens etcd. A server that cannot be reached is no failure of this: operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for options or files that cannot be used
 * @throws WEFT_UNAUTHENTICATED when credentials or certificates are refused, on either side
 * @throws WEFT_PERMISSION_DENIED when `mustRead` is not for us to read
 */
export async function openEtcd(options: EtcdOptions = {}, around: EtcdSurroundings = {}): Promise<EtcdBackend> {
  const target = parseEtcdOptions(options, around.path ?? 'etcd');
  const connection = new EtcdConnection(await import('etcd3'), target, around);
  const patience = new AbortController();
  const timer = (around.clock ?? systemClock).setTimer(PATIENCE_MS, () => patience.abort());
  const giveUp = () => patience.abort();
  around.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await connection.run({ what: 'opening etcd', signal: patience.signal }, async (session) => {
      const { mustRead } = around;
      if (mustRead === undefined) return;
      const request = { ...bytesOf(mustRead), limit: 1, keys_only: true };
      await session.run(`reading "${mustRead}"`, ({ kv }, call) => kv.range(request, call));
    });
  } catch (error) {
    const isFatal = !(error instanceof WeftError) || !['WEFT_REGISTRY_UNAVAILABLE', 'WEFT_CANCELLED'].includes(error.code);
    if (isFatal) {
      connection.close();
      throw error;
    }
  } finally {
    timer.cancel();
    around.signal?.removeEventListener('abort', giveUp);
  }
  return new EtcdBackend(connection);
}

function bytesOf(prefix: string) {
  const { name: _, ...bytes } = prefixRange(prefix);
  return bytes;
}
