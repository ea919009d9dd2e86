import {
  type BreakerState,
  type Clock,
  type Duration,
  type Logger,
  noopLogger,
  type Random,
  systemClock,
  systemRandom,
} from '@weft/core';
import { OptionReader } from './option-reader.js';

/** Options of `CircuitBreaker`. */
export interface CircuitBreakerOptions {
  /** Failures in a row that open it; 5 unless set. */
  readonly threshold?: number;
  /** How long it stays open the first time; `'30s'` unless set. */
  readonly timeout?: Duration;
  /** Whether it tries probes after that time (unless set), or closes directly (false). */
  readonly halfOpen?: boolean;
  /** Calls that half-open lets through at a time; 1 unless set. */
  readonly probes?: number;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock;
  /** Random numbers for the jitter of repeated openings; the process's unless set. */
  readonly random?: Random;
  /** Where a listener that throws is reported; nowhere unless set. */
  readonly logger?: Logger;
  /** Told once per change, when the change is noticed: opening at once, half-open when somebody next looks or calls. */
  readonly onStateChange?: (state: BreakerState, previous: BreakerState) => void;
}

/** `CircuitBreakerOptions` with every default filled in and checked. */
export interface CircuitBreakerSettings extends Required<Omit<CircuitBreakerOptions, 'timeout'>> {
  /** `timeout` in ms. */
  readonly timeoutMs: number;
}

/**
 * Options with their defaults.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `circuitBreaker.threshold`
 */
export function parseCircuitBreakerOptions(options: CircuitBreakerOptions): CircuitBreakerSettings {
  const reader = new OptionReader('circuitBreaker');
  const settings = {
    threshold: reader.count('threshold', options.threshold ?? 5),
    timeoutMs: reader.durationMs('timeout', options.timeout ?? '30s'),
    halfOpen: options.halfOpen ?? true,
    probes: reader.count('probes', options.probes ?? 1),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? noopLogger,
    onStateChange: options.onStateChange ?? (() => {}),
  };
  reader.check();
  return settings;
}
