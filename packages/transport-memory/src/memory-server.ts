import {
  type Clock,
  type Handler,
  type Inbound,
  type Listening,
  type ListenOptions,
  type Reply,
  type ServerTransport,
  WeftError,
} from '@weft/core';
import type { Listener, MemoryNetwork } from './memory-network.js';

/** The service's side of a memory network. */
export class MemoryServer implements ServerTransport {
  readonly protocol = 'memory';
  readonly #network: MemoryNetwork;
  readonly #clock: Clock;

  constructor(network: MemoryNetwork, clock: Clock) {
    this.#network = network;
    this.#clock = clock;
  }

  /** @throws WEFT_CONFLICT when the port is taken */
  async listen(options: ListenOptions, dispatch: Handler<Inbound, Reply>): Promise<Listening> {
    const { ports } = this.#network;
    const port = options.port || this.#freePort();
    if (ports.has(port)) throw new WeftError('WEFT_CONFLICT', `memory port ${port} is taken`);
    const listener: Listener = { dispatch, limits: options.limits ?? {}, calls: new Set() };
    ports.set(port, listener);
    const leave = () => {
      if (ports.get(port) === listener) ports.delete(port);
    };
    return {
      endpoint: { protocol: 'memory', port },
      drain: (graceMs) => {
        leave();
        return this.#whenIdle(listener, graceMs);
      },
      close: async () => {
        leave();
        for (const call of listener.calls) call.cut.now(reset());
      },
    };
  }

  #freePort(): number {
    while (this.#network.ports.has(this.#network.nextPort)) this.#network.nextPort++;
    return this.#network.nextPort++;
  }

  #whenIdle(listener: Listener, graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (listener.calls.size === 0) return resolve();
      const timer = this.#clock.setTimer(graceMs, resolve);
      listener.idle = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

function reset(): WeftError {
  return new WeftError('WEFT_UNAVAILABLE', 'the service closed while it was answering', { failure: 'reset', ambiguous: true });
}
