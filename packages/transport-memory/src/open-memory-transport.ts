import { type ClientTransport, type Clock, type ServerTransport, systemClock } from '@weft/core';
import { MemoryClient } from './memory-client.js';
import { memoryNetwork } from './memory-network.js';
import { MemoryServer } from './memory-server.js';
import type { MemoryTransportOptions } from './options.js';

const RESPONSE_BYTES = 10 * 1_048_576;

/** Both sides of one wire. */
export interface MemoryTransport {
  readonly client: ClientTransport;
  readonly server: ServerTransport;
}

/**
 * Both sides of a wire inside this process. Bodies cross as copies, a refused or cut call fails as it would on a socket,
 * and an abort reaches the signal of the server's side. Hosts do not matter, only ports do.
 */
export function openMemoryTransport(options: MemoryTransportOptions & { readonly clock?: Clock } = {}): MemoryTransport {
  const { address = 'default', limits, clock = systemClock } = options;
  const network = memoryNetwork(address);
  return {
    client: new MemoryClient(network, limits?.responseBytes ?? RESPONSE_BYTES, clock),
    server: new MemoryServer(network, clock),
  };
}
