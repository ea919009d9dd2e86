import { type Clock, systemClock, type Timer, WeftError, withoutStack } from '@weft/core';
import type { RetryBudget } from './retry-budget.js';

/** A try that is under way. */
export interface HedgedTry<Answer> {
  /** Its answer or its error. */
  readonly result: Promise<Answer>;
  /** Ends it on the wire; `result` may reject with the reason or not at all. */
  cancel(reason: WeftError): void;
}

/** When a second try is made beside the first one. */
export interface HedgeOptions<Answer> {
  /** Whether doing it twice does no harm: no hedge without. */
  readonly idempotent: boolean;
  /** Ms without an answer after which the next try is made, such as the p95; undefined: not known yet, no hedge. */
  readonly delayMs: number | undefined;
  /** Tries at once, the first one included; 2 unless set. */
  readonly maxTries?: number | undefined;
  /** Each further try is taken out of it; when it is spent the first one is waited for. */
  readonly budget: RetryBudget;
  /** Whether an answer ends it all; each one unless set. One that does not (a 503) is only given when no better one comes. */
  readonly isGood?: ((answer: Answer) => boolean) | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a second try when the first one takes longer than most do, and gives the first good answer; the other is cancelled.
 * A try that fails while it is the only one ends it: what follows is the matter of the retry rules.
 * The returned `cancel` ends all of its tries.
 *
 * Source: J. Dean, L. A. Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013; gRFC A6 (hedging).
 * @param start makes try number `n`, from 0
 */
export function hedge<Answer>(start: (n: number) => HedgedTry<Answer>, options: HedgeOptions<Answer>): HedgedTry<Answer> {
  if (!options.idempotent || options.delayMs === undefined || (options.maxTries ?? 2) < 2) return start(0);
  const race = new HedgeRace(start, options, options.delayMs);
  return { result: race.result, cancel: (reason) => race.cancel(reason) };
}

class HedgeRace<Answer> {
  readonly result: Promise<Answer>;
  readonly #start: (n: number) => HedgedTry<Answer>;
  readonly #options: HedgeOptions<Answer>;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #underWay = new Set<HedgedTry<Answer>>();
  #settle!: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void };
  #timer: Timer | undefined;
  #made = 0;
  #isOver = false;

  constructor(start: (n: number) => HedgedTry<Answer>, options: HedgeOptions<Answer>, delayMs: number) {
    this.#start = start;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#delayMs = delayMs;
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#try();
    this.#waitForNext();
  }

  cancel(reason: WeftError): void {
    if (this.#isOver) return;
    this.#end(reason);
    this.#settle.reject(reason);
  }

  #try(): void {
    const one = this.#start(this.#made++);
    this.#underWay.add(one);
    one.result.then(
      (answer) => this.#onAnswer(one, answer),
      (error: unknown) => this.#onEnd(one, () => this.#settle.reject(error)),
    );
  }

  #waitForNext(): void {
    if (this.#isOver || this.#made >= (this.#options.maxTries ?? 2)) return;
    this.#timer = this.#clock.setTimer(this.#delayMs, () => this.#hedge());
  }

  #hedge(): void {
    if (!this.#options.budget.tryRetry(this.#clock.now())) return;
    try {
      this.#try();
    } catch {
      // Nobody to send it to: the first one is under way, and its answer is waited for.
      return;
    }
    this.#waitForNext();
  }

  #onAnswer(one: HedgedTry<Answer>, answer: Answer): void {
    const { isGood } = this.#options;
    if (isGood && !isGood(answer)) {
      this.#onEnd(one, () => this.#settle.resolve(answer));
      return;
    }
    this.#underWay.delete(one);
    if (this.#isOver) return;
    this.#end(withoutStack(() => new WeftError('WEFT_CANCELLED', 'another try of this call was answered first')));
    this.#settle.resolve(answer);
  }

  /** What came last is told when nothing better has come. */
  #onEnd(one: HedgedTry<Answer>, tell: () => void): void {
    this.#underWay.delete(one);
    if (this.#isOver || this.#underWay.size > 0) return;
    this.#timer?.cancel();
    this.#isOver = true;
    tell();
  }

  #end(reason: WeftError): void {
    this.#isOver = true;
    this.#timer?.cancel();
    for (const one of this.#underWay) one.cancel(reason);
    this.#underWay.clear();
  }
}
