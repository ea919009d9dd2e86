import { type Duration, OptionReader } from '@weft/core';

/** When an instance answers too badly or too slowly to be called, and for how long. */
export interface OutlierOptions {
  /** Bad answers in a row that eject an instance, 5 unless set; false = bad answers never do. */
  readonly consecutive?: number | false;
  /** How long the first ejection lasts; the second lasts twice as long, and so on. `'30s'` unless set. */
  readonly baseTime?: Duration;
  /** The longest ejection; `'300s'` unless set. */
  readonly maxTime?: Duration;
  /** Share of the instances that may be ejected at once, above 0 to 1; 0.5 unless set. */
  readonly maxRatio?: number;
  /** How often stalled and slow instances are looked for while calls are made; `'1s'` unless set. */
  readonly sweep?: Duration;
  /** Age of its oldest call from which a silent instance is stalled, or 10 times the service's median if that is more; `'1s'` unless set. */
  readonly stall?: Duration;
  /** When an instance is slow; false = slowness never ejects. */
  readonly slow?: SlowOptions | false;
}

/** When an instance is slow: its median is above both in 3 sweeps in a row. */
export interface SlowOptions {
  /** Times the median of the service; 3 unless set. */
  readonly factor?: number;
  /** Median below which nothing is slow; `'100ms'` unless set. */
  readonly minTime?: Duration;
}

/** `OutlierOptions` with every default filled in and checked. */
export interface OutlierSettings {
  /** Bad answers in a row that eject; infinite when they never do. */
  readonly consecutive: number;
  /** Length of the first ejection, in ms. */
  readonly baseTimeMs: number;
  /** Length of the longest one, in ms. */
  readonly maxTimeMs: number;
  /** Share that may be ejected at once, above 0 to 1. */
  readonly maxRatio: number;
  /** Between two sweeps, in ms. */
  readonly sweepMs: number;
  /** Silence from which an instance may be stalled, in ms. */
  readonly stallMs: number;
  /** Undefined when slowness never ejects. */
  readonly slow: SlowSettings | undefined;
}

/** `SlowOptions` with every default filled in. */
export interface SlowSettings {
  /** Times the median of the service. */
  readonly factor: number;
  /** Median below which nothing is slow, in ms. */
  readonly minTimeMs: number;
}

/**
 * Options with their defaults.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `client.outlier.consecutive`
 */
export function parseOutlierOptions(options: OutlierOptions): OutlierSettings {
  const reader = new OptionReader('client.outlier');
  const { consecutive = 5, slow = {} } = options;
  const settings = {
    consecutive: consecutive === false ? Number.POSITIVE_INFINITY : reader.count('consecutive', consecutive),
    baseTimeMs: reader.durationMs('baseTime', options.baseTime ?? '30s'),
    maxTimeMs: reader.durationMs('maxTime', options.maxTime ?? '300s'),
    maxRatio: reader.above(0, 'maxRatio', options.maxRatio ?? 0.5, 1),
    sweepMs: reader.durationMs('sweep', options.sweep ?? '1s'),
    stallMs: reader.durationMs('stall', options.stall ?? '1s'),
    slow: slow === false ? undefined : parseSlowOptions(slow, reader),
  };
  reader.check();
  return settings;
}

function parseSlowOptions({ factor = 3, minTime = '100ms' }: SlowOptions, reader: OptionReader): SlowSettings {
  return { factor: reader.above(1, 'slow.factor', factor), minTimeMs: reader.durationMs('slow.minTime', minTime) };
}
