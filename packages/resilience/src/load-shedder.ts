import { messageOf, WeftError, withoutStack } from '@weft/core';
import { Admission, type Priority } from './admission.js';
import {
  type LoadShedderOptions,
  type LoadShedderSettings,
  type OverloadReason,
  parseLoadShedderOptions,
} from './load-shedder-options.js';
import { LoopDelay } from './loop-delay.js';

const LEAST_RATIO = 0.02;
const GROWTH = 1.1;
const GENTLEST_CUT = 0.9;
const HARDEST_CUT = 0.5;
/** So many intervals without anything shed before it is over: an overload that comes back at once was not. */
const CALM_INTERVALS = 10;
const HEAP_MARGIN = 0.05;
/** So near each request looks at the heap: what a single turn of the loop lets in can fill the rest. */
const HEAP_WATCH = 0.2;
/** Else one in so many. */
const HEAP_STRIDE = 16;
/** Not 0: a heap full of garbage is only collected when somebody asks for memory. */
const HEAP_SHARE = 0.05;

/**
 * Refuses requests while the process cannot keep up: when the event loop has been late for a whole `interval` without a break
 * (one long pause, of the garbage collector or a large JSON, is no overload), or when the heap is nearly full. What it lets in
 * is a share of what is offered: cut by as much as the delay is too long, at most to a half and each `interval`; raised by a
 * tenth while the delay is below half of what is allowed. So it settles where the loop is busy and not late. A turn of the
 * loop that works off a pile of requests for longer than the `interval` (while shedding: than `delay`) refuses the rest of it:
 * no timer runs meanwhile, and the next turn would find a larger pile.
 *
 * The event loop's delay shows what keeps the thread busy. Requests that wait for something else (a database, a gate) do not
 * delay it: those are what `AdaptiveConcurrency` is for.
 *
 * Source: the rule of the interval is CoDel's (RFC 8289, 3.2: the least delay of an interval, not its mean); the share with
 * priorities is DAGOR's (H. Zhou et al., "Overload Control for Scaling WeChat Microservices", 2018).
 */
export class LoadShedder {
  readonly #settings: LoadShedderSettings;
  readonly #admission = new Admission();
  readonly #loop: LoopDelay;
  #ratio = 1;
  #leastMs = Number.POSITIVE_INFINITY;
  #judgedAt = 0;
  #isHeapNear = false;
  #unseen = 0;
  /** Of the requests, for the heap's sake. */
  #heapShare = 1;
  /** When the first request since the last sample came. */
  #turnAt = Number.POSITIVE_INFINITY;
  #longestTurnMs: number;
  /** Since it was last judged: requests that came in, and those that a turn had no more time for. */
  #letIn = 0;
  #cutOff = 0;
  #isSuspect = false;
  #calmFor = CALM_INTERVALS;
  #reason: OverloadReason | undefined;
  #isClosed = false;

  /** @throws WEFT_CONFIG_INVALID for options that cannot be */
  constructor(options: LoadShedderOptions = {}) {
    this.#settings = parseLoadShedderOptions(options);
    this.#longestTurnMs = this.#settings.intervalMs;
    this.#loop = new LoopDelay(this.#settings.clock, (delayMs, nowMs) => this.#observe(delayMs, nowMs));
  }

  /** What it sheds for; undefined while all are let in. */
  get reason(): OverloadReason | undefined {
    return this.#reason;
  }

  /** Share of what is offered that is let in, 0 to 1. */
  get admittedRatio(): number {
    return Math.min(this.#heapShare, this.#ratio);
  }

  /** Ms that a refused caller is to stay away: the pushback of a 503. */
  get retryAfterMs(): number {
    return this.#settings.retryAfterMs;
  }

  /**
   * Whether a request may come in. Measures from the first request on until a whole interval has seen none.
   * @param nowMs the shedder's clock, for who has read it already
   */
  admits(priority: Priority = 'normal', nowMs = this.#settings.clock.now()): boolean {
    if (!this.#loop.isRunning && !this.#isClosed) this.#start(nowMs);
    else if (this.#isHeapNear || ++this.#unseen >= HEAP_STRIDE) this.#lookAtHeap();
    const isAdmitted = this.#admission.admits(priority);
    if (nowMs - this.#turnAt > this.#longestTurnMs && this.#loop.isRunning && priority !== 'critical') {
      if (isAdmitted) this.#cutOff++;
      return false;
    }
    if (this.#turnAt === Number.POSITIVE_INFINITY) this.#turnAt = nowMs;
    if (isAdmitted) this.#letIn++;
    return isAdmitted;
  }

  /** Why a request was refused, to be thrown or answered with: WEFT_OVERLOADED. */
  refusal(): WeftError {
    const what = this.#heapShare < 1 ? 'the heap is nearly full' : 'the event loop is late';
    return withoutStack(() => new WeftError('WEFT_OVERLOADED', `overloaded: ${what}`));
  }

  /** Stops measuring; from then on all are let in. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#loop.stop();
    this.#calm();
  }

  #start(nowMs: number): void {
    this.#turnAt = Number.POSITIVE_INFINITY;
    this.#isSuspect = false;
    this.#begin(nowMs, Number.POSITIVE_INFINITY);
    this.#loop.start();
  }

  #observe(delayMs: number, nowMs: number): void {
    this.#turnAt = Number.POSITIVE_INFINITY;
    this.#lookAtHeap();
    if (delayMs < this.#leastMs) this.#leastMs = delayMs;
    if (this.#isFirstLate(delayMs)) {
      // One pause, perhaps: whether it is an overload shows in the interval that begins now.
      this.#isSuspect = true;
      this.#begin(nowMs, delayMs);
    } else if (nowMs - this.#judgedAt >= this.#settings.intervalMs) {
      if (this.#admission.offered === 0) this.#rest();
      else this.#judge(this.#leastMs);
      this.#begin(nowMs, Number.POSITIVE_INFINITY);
    }
  }

  #isFirstLate(delayMs: number): boolean {
    return delayMs > this.#settings.delayMs && this.#reason === undefined && this.#cutOff === 0 && !this.#isSuspect;
  }

  #begin(nowMs: number, leastMs: number): void {
    this.#judgedAt = nowMs;
    this.#leastMs = leastMs;
  }

  /** In full it lets in little, and nothing when the next one may be the end. */
  #lookAtHeap(): void {
    const { heapRatio, readHeapRatio } = this.#settings;
    const heap = readHeapRatio();
    this.#unseen = 0;
    this.#isHeapNear = heap >= heapRatio - HEAP_WATCH;
    const isFull = heap >= (this.#heapShare < 1 ? heapRatio - HEAP_MARGIN : heapRatio);
    const share = !isFull ? 1 : heap < 1 ? HEAP_SHARE : 0;
    if (share === this.#heapShare) return;
    this.#heapShare = share;
    this.#admission.share(this.admittedRatio);
    this.#tellReason();
  }

  #judge(leastMs: number): void {
    const { delayMs } = this.#settings;
    if (leastMs > delayMs || this.#cutOff > 0) {
      const cut = Math.min(delayMs / leastMs, this.#letIn / (this.#letIn + this.#cutOff), GENTLEST_CUT);
      this.#ratio = Math.max(LEAST_RATIO, this.#ratio * Math.max(HARDEST_CUT, cut));
    } else if (leastMs <= delayMs / 2) {
      this.#ratio = Math.min(1, this.#ratio * GROWTH);
    }
    this.#isSuspect = false;
    this.#letIn = 0;
    this.#cutOff = 0;
    this.#admission.share(this.admittedRatio);
    this.#calmFor = this.#ratio < 1 ? 0 : this.#calmFor + 1;
    this.#tellReason();
  }

  /** Nobody comes: nothing to measure for. A heap that was full is looked at again before the next one is let in freely. */
  #rest(): void {
    this.#loop.stop();
    if (this.#heapShare === 1) this.#calm();
  }

  #calm(): void {
    this.#ratio = 1;
    this.#isHeapNear = false;
    this.#heapShare = 1;
    this.#calmFor = CALM_INTERVALS;
    this.#admission.share(1);
    this.#tellReason();
  }

  #tellReason(): void {
    this.#tell(this.#heapShare < 1 ? 'heap' : this.#calmFor < CALM_INTERVALS ? 'delay' : undefined);
  }

  #tell(reason: OverloadReason | undefined): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#longestTurnMs = reason === 'delay' ? this.#settings.delayMs : this.#settings.intervalMs;
    try {
      this.#settings.onOverload(reason);
    } catch (error) {
      this.#settings.logger.error('a listener threw', { event: 'overload', error: messageOf(error) });
    }
  }
}
