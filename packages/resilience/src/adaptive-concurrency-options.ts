import { type Clock, type Duration, OptionReader, type Random, systemClock, systemRandom } from '@weft/core';

/** What an `AdaptiveConcurrency` is made with. */
export interface AdaptiveConcurrencyOptions {
  /** The limit never falls below it; 4 unless set. */
  readonly minLimit?: number | undefined;
  /** The limit never rises above it; 1,000 unless set. */
  readonly maxLimit?: number | undefined;
  /** The limit to begin with; 20 unless set (within the two others). */
  readonly initialLimit?: number | undefined;
  /** How far latency may be above the unloaded one, as a factor, before it counts as queueing; 1.25 unless set. */
  readonly tolerance?: number | undefined;
  /** How often the limit is worked out anew, and never more often than every second latency; `'100ms'` unless set. */
  readonly window?: Duration | undefined;
  /** How often the unloaded latency is measured anew; `'10s'` unless set, with 10 % jitter. */
  readonly probeInterval?: Duration | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
  /** Random numbers for the jitter, so that instances do not measure together; the process's unless set. */
  readonly random?: Random | undefined;
}

/** `AdaptiveConcurrencyOptions` with every default filled in and checked. */
export interface AdaptiveConcurrencySettings {
  /** Least limit. */
  readonly minLimit: number;
  /** Most limit. */
  readonly maxLimit: number;
  /** First limit. */
  readonly initialLimit: number;
  /** Factor, from 1. */
  readonly tolerance: number;
  /** `window` in ms. */
  readonly windowMs: number;
  /** `probeInterval` in ms. */
  readonly probeIntervalMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Options with their defaults. @throws WEFT_CONFIG_INVALID telling all that is wrong */
export function parseAdaptiveConcurrencyOptions(options: AdaptiveConcurrencyOptions): AdaptiveConcurrencySettings {
  const reader = new OptionReader('adaptiveConcurrency');
  const minLimit = reader.count('minLimit', options.minLimit ?? 4);
  const maxLimit = reader.count('maxLimit', options.maxLimit ?? 1_000);
  const initialLimit = reader.count('initialLimit', options.initialLimit ?? Math.min(maxLimit, Math.max(minLimit, 20)));
  const isBetween = initialLimit >= minLimit && initialLimit <= maxLimit;
  if (minLimit > maxLimit) reader.refuse('minLimit', `${minLimit} is above maxLimit, ${maxLimit}`);
  else reader.expect('initialLimit', initialLimit, isBetween, `a number from ${minLimit} to ${maxLimit}`);
  const settings = {
    minLimit,
    maxLimit,
    initialLimit,
    tolerance: reader.above(1, 'tolerance', options.tolerance ?? 1.25, 10),
    windowMs: reader.durationMs('window', options.window ?? '100ms'),
    probeIntervalMs: reader.durationMs('probeInterval', options.probeInterval ?? '10s'),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
  reader.check();
  return settings;
}
