import type { Handler, Inbound, ListenOptions, Reply } from '@weft/core';
import type { Cut } from './cut.js';

/** What answers at a port. */
export interface Listener {
  readonly dispatch: Handler<Inbound, Reply>;
  readonly limits: NonNullable<ListenOptions['limits']>;
  /** The calls it is busy with. */
  readonly calls: Set<{ readonly cut: Cut }>;
  /** Told when the last of them has ended. */
  idle?: (() => void) | undefined;
}

/** The ports of one address. A port is not handed out twice, so that an old record never reaches a new service. */
export interface MemoryNetwork {
  readonly ports: Map<number, Listener>;
  nextPort: number;
}

const key = Symbol.for('weft.memory-network');

/** The network of this process with that address: also of another copy of this package, so that both sides meet. */
export function memoryNetwork(address: string): MemoryNetwork {
  const owner = globalThis as typeof globalThis & { [key]?: Map<string, MemoryNetwork> };
  owner[key] ??= new Map();
  const networks = owner[key];
  const network = networks.get(address) ?? { ports: new Map(), nextPort: 1 };
  networks.set(address, network);
  return network;
}
