import { getHeapStatistics } from 'node:v8';
import { heapLimitBytes } from './heap-limit.js';

/** What a `HeapUsage` is made with. */
export interface HeapUsageOptions {
  /** Bytes that V8 lets old objects take; `heapLimitBytes()` unless set. */
  readonly limitBytes?: number | undefined;
  /** Bytes that objects take now, garbage included; from node:v8 unless set. */
  readonly readUsedBytes?: (() => number) | undefined;
}

/**
 * Left free for the young ones to be moved to: with less, V8 makes each collection a major one, and ends the process when four
 * in a row took most of the time and left more than four fifths in use (`IsIneffectiveMarkCompact` in its src/heap/heap.cc). As
 * much as a semi-space of Node 24; of a small heap a quarter: that fifth, and what the requests still take that are in already.
 */
const RESERVE_BYTES = 64 * 1_048_576;
const RESERVE_RATIO = 0.25;
/** What came is not taken for garbage by more than this: who has made garbage up to now may keep what comes next. */
const LEAST_KEPT_RATIO = 0.5;
/** Share of the room that has to have come for its fate to say something. */
const TELLING_RATIO = 1 / 16;

/**
 * How full the heap is, without the garbage in it. V8 tells what objects take, dead ones included, and collects the old ones
 * only at about half of the room that is left: a healthy process that makes garbage quickly comes near its limit again and
 * again. So what has come since the last major collection counts by the share that survived that one: all of it where what is
 * allocated is kept, half of it where it is garbage. Garbage or not, there cannot be more than V8's limit.
 */
export class HeapUsage {
  readonly #limitBytes: number;
  readonly #roomBytes: number;
  readonly #readUsedBytes: () => number;
  /** Weak references are dropped by major collections only: they tell of one, and cost nothing in between. */
  readonly #collections = new FinalizationRegistry<undefined>(() => this.collected());
  /** What the last major collection left. */
  #leftBytes = 0;
  /** The most that was used since. */
  #peakBytes = 0;
  #keptRatio = 1;

  constructor({ limitBytes = heapLimitBytes(), readUsedBytes = usedHeapBytes }: HeapUsageOptions = {}) {
    this.#limitBytes = limitBytes;
    this.#roomBytes = limitBytes - Math.min(RESERVE_BYTES, limitBytes * RESERVE_RATIO);
    this.#readUsedBytes = readUsedBytes;
    this.#awaitCollection();
  }

  /** Share in use of what the heap can hold, from 0; above 1 when V8 may fail any moment. Cheap: below a microsecond. */
  readonly ratio = (): number => {
    const usedBytes = this.#readUsedBytes();
    if (usedBytes > this.#peakBytes) this.#peakBytes = usedBytes;
    const cameBytes = usedBytes - this.#leftBytes;
    const aliveBytes = cameBytes > 0 ? this.#leftBytes + this.#keptRatio * cameBytes : usedBytes;
    return Math.max(aliveBytes / this.#roomBytes, usedBytes / this.#limitBytes);
  };

  /** A major collection is over. Called by itself. */
  collected(): void {
    const usedBytes = this.#readUsedBytes();
    const cameBytes = this.#peakBytes - this.#leftBytes;
    if (cameBytes >= this.#roomBytes * TELLING_RATIO) {
      const keptRatio = (usedBytes - this.#leftBytes) / cameBytes;
      this.#keptRatio = Math.min(1, Math.max(LEAST_KEPT_RATIO, keptRatio));
    }
    this.#leftBytes = usedBytes;
    this.#peakBytes = usedBytes;
    this.#awaitCollection();
  }

  #awaitCollection(): void {
    this.#collections.register({}, undefined);
  }
}

function usedHeapBytes(): number {
  return getHeapStatistics().used_heap_size;
}
