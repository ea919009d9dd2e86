import { type ConnectionOptions, connect } from 'node:tls';
import type { Clock } from '@weft/core';
import type { RedisAddress } from './redis-options.js';

const LISTEN_MS = 1_000;

/**
 * Why a server ends TLS connections, if it says so. It tells after the handshake, and a client that writes at once may
 * see only that the connection was reset: so this one says nothing and listens.
 */
export function tlsRefusal({ host, port }: RedisAddress, options: ConnectionOptions, clock: Clock): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, host, port });
    const end = (error?: unknown) => {
      timer.cancel();
      socket.destroy();
      resolve(error);
    };
    const timer = clock.setTimer(LISTEN_MS, () => end());
    socket.on('error', end);
    socket.once('close', () => end());
  });
}
