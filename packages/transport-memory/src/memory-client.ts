import { type Attempt, type ClientTransport, type Clock, type Reply, WeftError } from '@weft/core';
import { MemoryCall } from './memory-call.js';
import type { MemoryNetwork } from './memory-network.js';

const CLOSE_MS = 10_000;

/** The caller's side of a memory network. */
export class MemoryClient implements ClientTransport {
  readonly protocols = ['memory'];
  readonly supports = { streaming: true };
  readonly #network: MemoryNetwork;
  readonly #responseBytes: number;
  readonly #clock: Clock;
  readonly #calls = new Set<MemoryCall>();
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(network: MemoryNetwork, responseBytes: number, clock: Clock) {
    this.#network = network;
    this.#responseBytes = responseBytes;
    this.#clock = clock;
  }

  async send(attempt: Attempt): Promise<Reply> {
    if (this.#closing) throw closed();
    const port = attempt.endpoint.port;
    const listener = this.#network.ports.get(port);
    if (!listener) {
      throw new WeftError('WEFT_UNAVAILABLE', `nothing listens at memory port ${port}`, { failure: 'refused' });
    }
    const call: MemoryCall = new MemoryCall(attempt, listener, this.#responseBytes, () => this.#ended(call));
    this.#calls.add(call);
    return call.run();
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (this.#calls.size === 0) return resolve();
      const timer = this.#clock.setTimer(CLOSE_MS, () => {
        for (const call of this.#calls) call.cut.now(closed());
        resolve();
      });
      this.#idle = () => {
        timer.cancel();
        resolve();
      };
    });
    return this.#closing;
  }

  #ended(call: MemoryCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#idle?.();
  }
}

function closed(): WeftError {
  return new WeftError('WEFT_CLOSED', 'the memory transport is closed');
}
