import { type Clock, keepAwake, OptionReader, systemClock, WeftError, withoutStack } from '@weft/core';

/** How many calls of one target may be under way. */
export interface BulkheadLimits {
  /** Calls at once; 25 unless set. */
  readonly maxConcurrent?: number | undefined;
  /** Calls that may wait for a place, first come first served; 0 unless set: who finds none is refused at once. */
  readonly maxQueue?: number | undefined;
}

/** What a `Bulkhead` is made with. */
export interface BulkheadOptions extends BulkheadLimits {
  /** Whom it stands before, for its errors. */
  readonly target?: string | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

/** How long a place is waited for. */
export interface EnterOptions {
  /** Ends the wait, with WEFT_CANCELLED. */
  readonly signal?: AbortSignal | undefined;
  /** Instant on the bulkhead's clock that ends the wait, with WEFT_DEADLINE_EXCEEDED; none unless set. */
  readonly deadlineAt?: number | undefined;
}

interface Waiter {
  /** Has a place now. */
  admit(): void;
  /** Never gets one. */
  refuse(error: WeftError): void;
}

/**
 * Bounds the calls to one target that are under way at once, so that a slow one takes no more than its share of the caller.
 * A call that finds its way free costs two additions; only a wait costs more.
 *
 * Source: M. Nygard, "Release It!", 2007 (Bulkheads); the numbers are Resilience4j's.
 */
export class Bulkhead {
  readonly #target: string;
  readonly #clock: Clock;
  readonly #queue = new Set<Waiter>();
  #maxConcurrent = 0;
  #maxQueue = 0;
  #inFlight = 0;
  #isClosed = false;

  /** @throws WEFT_CONFIG_INVALID for limits that cannot be */
  constructor({ target = 'the target', clock = systemClock, ...limits }: BulkheadOptions = {}) {
    this.#target = target;
    this.#clock = clock;
    this.resize(limits);
  }

  /** Calls that are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that wait for a place. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Sets both limits anew; calls that are under way or wait go on. @throws WEFT_CONFIG_INVALID for limits that cannot be */
  resize({ maxConcurrent = 25, maxQueue = 0 }: BulkheadLimits): void {
    const reader = new OptionReader('bulkhead');
    reader.count('maxConcurrent', maxConcurrent);
    reader.count('maxQueue', maxQueue, 0);
    reader.check();
    this.#maxConcurrent = maxConcurrent;
    this.#maxQueue = maxQueue;
    this.#admitWaiting();
  }

  /** Takes a place if one is free, to be given back with `leave()`. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.#maxConcurrent || this.#isClosed) return false;
    this.#inFlight++;
    return true;
  }

  /**
   * Takes a place, waiting for one when the queue has room; to be given back with `leave()`.
   * @throws WEFT_OVERLOADED at once when there is neither place nor room
   * @throws WEFT_CANCELLED when the signal fires first, WEFT_DEADLINE_EXCEEDED when the time is up first
   * @throws WEFT_CLOSED after close()
   */
  async enter(options: EnterOptions = {}): Promise<void> {
    if (this.#isClosed) throw this.#closed();
    if (options.signal?.aborted) throw this.#cancelled(options.signal);
    if (this.tryEnter()) return;
    if (this.#queue.size >= this.#maxQueue) throw this.#overloaded();
    if ((options.deadlineAt ?? Number.POSITIVE_INFINITY) <= this.#clock.now()) throw this.#late();
    await this.#wait(options);
  }

  /** Gives a place back, to who has waited longest if somebody does. Once for each place that was taken. */
  leave(): void {
    this.#inFlight--;
    this.#admitWaiting();
  }

  /** Runs `task` in a place of its own. @throws as `enter`, and what the task throws */
  async run<T>(task: () => Promise<T>, options?: EnterOptions): Promise<T> {
    if (!this.tryEnter()) await this.enter(options);
    try {
      return await task();
    } finally {
      this.leave();
    }
  }

  /** Refuses who waits and who comes, with WEFT_CLOSED; calls that are under way go on. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#queue]) waiter.refuse(this.#closed());
  }

  #admitWaiting(): void {
    for (const waiter of this.#queue) {
      if (!this.tryEnter()) return;
      waiter.admit();
    }
  }

  #wait({ signal, deadlineAt }: EnterOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const letSleep = keepAwake();
      const end = () => {
        this.#queue.delete(waiter);
        letSleep();
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        admit() {
          end();
          resolve();
        },
        refuse(error) {
          end();
          reject(error);
        },
      };
      const onAbort = () => signal && waiter.refuse(this.#cancelled(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
      const isTimed = deadlineAt !== undefined && deadlineAt !== Number.POSITIVE_INFINITY;
      const timer = isTimed ? this.#clock.setTimer(deadlineAt - this.#clock.now(), () => waiter.refuse(this.#late())) : undefined;
      this.#queue.add(waiter);
    });
  }

  #overloaded(): WeftError {
    const queue = this.#maxQueue === 0 ? '' : ` and ${this.#maxQueue} wait`;
    const message = `${this.#target}: ${this.#maxConcurrent} calls are under way${queue}, which is all that its bulkhead allows`;
    return withoutStack(() => new WeftError('WEFT_OVERLOADED', message));
  }

  #late(): WeftError {
    return withoutStack(() => new WeftError('WEFT_DEADLINE_EXCEEDED', `${this.#target}: no place came free in time`));
  }

  #cancelled({ reason }: AbortSignal): WeftError {
    return new WeftError('WEFT_CANCELLED', `${this.#target}: cancelled while waiting for a place`, { cause: reason });
  }

  #closed(): WeftError {
    return new WeftError('WEFT_CLOSED', `${this.#target}: the bulkhead is closed`);
  }
}
