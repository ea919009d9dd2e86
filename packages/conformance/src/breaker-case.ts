import type { BreakerScene } from './breaker-scene.js';

/** Parts of the contract that an engine may lack. */
export interface BreakerFeatures {
  /** Closing directly after the open time, with `halfOpen` false. */
  readonly withoutHalfOpen: boolean;
  /** More than one probe at a time, as many successes of which close it. */
  readonly manyProbes: boolean;
  /** Mode `count`. */
  readonly countMode: boolean;
  /** Mode `rate`. */
  readonly rateMode: boolean;
  /** Leaving ignored calls out of the calls of mode `rate`. */
  readonly ignoredInRate: boolean;
  /** Opening because of slow calls. */
  readonly slowCalls: boolean;
  /** Open times that double from the second opening in a row on. */
  readonly growingOpenTime: boolean;
  /** Leaving out outcomes of calls that began before the last change of state. */
  readonly lateOutcomes: boolean;
}

/** One sentence of the contract. */
export interface BreakerCase {
  /** The sentence. */
  readonly name: string;
  /** What a breaker must support for it. */
  readonly needs?: keyof BreakerFeatures;
  /** Rejects when it is not true. */
  run(scene: BreakerScene): Promise<void> | void;
}
