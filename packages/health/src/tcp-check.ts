import { once } from 'node:events';
import { connect } from 'node:net';
import { invalidOption, shown } from '@weft/core';
import { boundedCheck, type CheckOptions } from './bounded-check.js';
import type { Check } from './check.js';

/**
 * Passes when somebody accepts a connection, which is closed at once.
 * @param host name or IP address
 * @param port 1 to 65535
 * @throws WEFT_CONFIG_INVALID when host or port is none
 */
export function tcpCheck(host: string, port: number, options: CheckOptions = {}): Check {
  if (typeof host !== 'string' || host === '')
    throw invalidOption('host', `${shown(host)}: expected a host name or an IP address`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalidOption('port', `${port}: expected 1 to 65535`);
  return boundedCheck(`${host}:${port}`, options, async (signal) => {
    const socket = connect({ host, port });
    socket.on('error', () => {});
    try {
      await once(socket, 'connect', { signal });
    } finally {
      socket.destroy();
    }
  });
}
