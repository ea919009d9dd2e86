import { keepAwake } from '@weft/core';
import { cancelled } from './http-connection.js';
import type { Waiting } from './waiting-line.js';

/** Somebody who wants a connection and has not got it yet. */
export class Checkout<Connection> implements Waiting {
  waitsUntilAt: number | undefined;
  readonly #resolve: (connection: Connection) => void;
  readonly #reject: (error: unknown) => void;
  #stopWaiting: (() => void) | undefined;
  #isOver = false;

  constructor(resolve: (connection: Connection) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whether nobody wants the connection any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits no longer than the signal allows; the process lives on as long. */
  wait(signal: AbortSignal | undefined, onCancelled: () => void): void {
    const letSleep = keepAwake();
    const onAbort = () => {
      if (signal) this.fail(cancelled(signal));
      onCancelled();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stopWaiting = () => {
      letSleep();
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** It has the connection. */
  succeed(connection: Connection): void {
    this.#end();
    this.#resolve(connection);
  }

  /** It does not get one. */
  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#stopWaiting?.();
  }
}
