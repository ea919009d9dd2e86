import {
  type BreakerState,
  type Clock,
  type Duration,
  type Logger,
  noopLogger,
  OptionReader,
  type Random,
  systemClock,
  systemRandom,
} from '@weft/core';

const MODES = ['consecutive', 'count', 'rate'] as const;

/** When a breaker opens: failures in a row, failures within a window, or their share of the calls within a window. */
export type BreakerMode = (typeof MODES)[number];

/** Options of `CircuitBreaker`. */
export interface CircuitBreakerOptions {
  /** When it opens; `'consecutive'` unless set. */
  readonly mode?: BreakerMode;
  /** Failures that open it: in a row, or within `window` in mode `count`; 5 unless set. Mode `rate` goes by `ratio`. */
  readonly threshold?: number;
  /** How far modes `count` and `rate` and `slow` look back; `'10s'` unless set. */
  readonly window?: Duration;
  /** Calls within `window` below which mode `rate` and `slow` never open it; 20 unless set. */
  readonly minCalls?: number;
  /** Share of failures that opens it in mode `rate`, above 0 to 1; 0.5 unless set. */
  readonly ratio?: number;
  /** In every mode: slow calls open it too. Not looked at unless set. */
  readonly slow?: SlowCallOptions;
  /** How long it stays open the first time; `'30s'` unless set. */
  readonly timeout?: Duration;
  /** Whether it tries probes after that time (unless set), or closes directly (false). */
  readonly halfOpen?: boolean;
  /** Calls that half-open lets through at a time, and successes that close it; 1 unless set. */
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

/** Which calls are slow, and how many of them are too many. */
export interface SlowCallOptions {
  /** A call that takes longer is slow, whether it succeeds or fails. */
  readonly threshold: Duration;
  /** Share of slow calls that opens the breaker, of at least `minCalls` within `window`; above 0 to 1, 0.5 unless set. */
  readonly ratio?: number;
}

/** `CircuitBreakerOptions` with every default filled in and checked. */
export interface CircuitBreakerSettings extends Required<Omit<CircuitBreakerOptions, 'timeout' | 'window' | 'slow'>> {
  /** `timeout` in ms. */
  readonly timeoutMs: number;
  /** `window` in ms. */
  readonly windowMs: number;
  /** Undefined when slowness does not matter. */
  readonly slow: SlowCallSettings | undefined;
}

/** `SlowCallOptions` with every default filled in. */
export interface SlowCallSettings {
  /** `threshold` in ms. */
  readonly thresholdMs: number;
  /** Share of slow calls that opens the breaker, above 0 to 1. */
  readonly ratio: number;
}

/**
 * Options with their defaults.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `circuitBreaker.threshold`
 */
export function parseCircuitBreakerOptions(options: CircuitBreakerOptions): CircuitBreakerSettings {
  const reader = new OptionReader('circuitBreaker');
  const settings = {
    mode: reader.oneOf(MODES, 'mode', options.mode ?? 'consecutive'),
    threshold: reader.count('threshold', options.threshold ?? 5),
    windowMs: reader.durationMs('window', options.window ?? '10s'),
    minCalls: reader.count('minCalls', options.minCalls ?? 20),
    ratio: reader.above(0, 'ratio', options.ratio ?? 0.5, 1),
    slow: options.slow === undefined ? undefined : parseSlowCallOptions(options.slow, reader),
    timeoutMs: reader.durationMs('timeout', options.timeout ?? '30s'),
    halfOpen: reader.flag('halfOpen', options.halfOpen ?? true),
    probes: reader.count('probes', options.probes ?? 1),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? noopLogger,
    onStateChange: options.onStateChange ?? (() => {}),
  };
  refuseIdleOptions(options, settings.mode, reader);
  reader.check();
  return settings;
}

/** What is no object has no threshold. */
function parseSlowCallOptions(slow: SlowCallOptions, reader: OptionReader): SlowCallSettings {
  const { threshold, ratio = 0.5 }: SlowCallOptions = Object(slow);
  return { thresholdMs: reader.durationMs('slow.threshold', threshold), ratio: reader.above(0, 'slow.ratio', ratio, 1) };
}

/** Who sets a ratio and forgets the mode would be guarded by something else than what they wrote. */
function refuseIdleOptions(options: CircuitBreakerOptions, mode: BreakerMode, reader: OptionReader): void {
  const isCounting = mode !== 'consecutive' || options.slow !== undefined;
  const refuseIdle = (name: keyof CircuitBreakerOptions, wanted: string) => {
    if (options[name] !== undefined) reader.refuse(name, `has no effect without ${wanted}`);
  };
  if (mode !== 'rate') refuseIdle('ratio', 'mode: "rate"');
  if (mode !== 'rate' && !options.slow) refuseIdle('minCalls', 'mode: "rate" or slow');
  if (!isCounting) refuseIdle('window', 'mode: "count", mode: "rate" or slow');
}
