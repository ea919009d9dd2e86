import { EventEmitter } from 'node:events';
import { parseDuration, withoutStack } from '@weft/core';
import Opossum from 'opossum';
import type { OpossumBreakerOptions } from './options.js';

const SLICES = 10;
/** Opossum opens above its percentage, we at it; and a share such as 3 of 30 must not miss 10 % by a rounding. */
const ROUNDING_PERCENT = 1e-9;

const failure = withoutStack(() => new Error('the call failed'));
const succeeded = Promise.resolve();

/**
 * An opossum that is told of calls when they are over, so that a call that is ignored is none to it, and whose window moves
 * with a clock that it is told. It keeps no timer:
 * - what it would do by an interval, turning its window, it lets an emitter do;
 * - the timer of its half-open is set by a listener of its own to `open`, which is taken away.
 * A call that fails is replayed as one that throws at once, since opossum counts and judges that before `fire` returns.
 * Percentiles and snapshots are off: they sort the latencies of the whole window.
 */
export class OpossumCircuit {
  readonly #opossum: Opossum<[boolean], void>;
  readonly #window = new EventEmitter();
  readonly #sliceMs: number;
  #slice = Number.NEGATIVE_INFINITY;

  constructor({ mode, window = '10s', minCalls = 20, ratio = 0.5 }: OpossumBreakerOptions) {
    this.#sliceMs = parseDuration(window) / SLICES;
    this.#opossum = new Opossum(replay, {
      timeout: false,
      rollingCountBuckets: SLICES,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#window,
      volumeThreshold: minCalls,
      errorThresholdPercentage: mode === 'rate' ? ratio * 100 - ROUNDING_PERCENT : Number.POSITIVE_INFINITY,
    });
    this.#opossum.removeAllListeners('open');
  }

  /** Whether it is closed; else it is open, for good as far as it knows. */
  get isClosed(): boolean {
    return this.#opossum.closed;
  }

  /** Counts a call that is over; in mode `rate` it may open by that. `nowMs` never goes back. */
  count(isFailed: boolean, nowMs: number): void {
    const slice = Math.floor(nowMs / this.#sliceMs);
    this.#turn(Math.min(slice - this.#slice, SLICES));
    this.#slice = slice;
    this.#opossum.fire(isFailed).catch(() => {});
  }

  /** Opens it. */
  open(): void {
    this.#opossum.open();
  }

  /** Closes it and forgets what was counted. */
  close(): void {
    this.#opossum.close();
    this.#turn(SLICES);
  }

  #turn(slices: number): void {
    for (let turned = 0; turned < slices; turned++) this.#window.emit('rotate');
  }
}

function replay(isFailed: boolean): Promise<void> {
  if (isFailed) throw failure;
  return succeeded;
}
