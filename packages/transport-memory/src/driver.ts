import type { Driver } from '@weft/core';
import { openMemoryTransport } from './open-memory-transport.js';
import { type MemoryTransportOptions, memoryTransportOptions } from './options.js';

/** Calls inside one process, without sockets: what tests and single-process systems use. */
export const memoryDriver: Driver<'transport', MemoryTransportOptions> = {
  contract: 1,
  slot: 'transport',
  name: 'memory',
  options: memoryTransportOptions,
  async open(options, { clock }) {
    const transport = openMemoryTransport({ ...options, clock });
    return { value: transport, stop: () => transport.client.close() };
  },
};
