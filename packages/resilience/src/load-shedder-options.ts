import { type Clock, type Duration, type Logger, noopLogger, OptionReader, systemClock } from '@weft/core';
import { HeapUsage } from './heap-usage.js';

/** What a `LoadShedder` sheds for. */
export type OverloadReason = 'delay' | 'heap';

/** Told once per change: what it sheds for now, or undefined when all are let in again. */
export type OnOverload = (reason: OverloadReason | undefined) => void;

/** What a `LoadShedder` is made with. */
export interface LoadShedderOptions {
  /** How late the event loop may be all the time; `'30ms'` unless set. */
  readonly delay?: Duration | undefined;
  /** How long it has to be late without a break before anything is shed, and how often that is judged; `'100ms'` unless set. */
  readonly interval?: Duration | undefined;
  /** Share of what the heap can hold from which nearly everything is shed, 0 to 1; 0.95 unless set. Ends 0.05 below. */
  readonly heapRatio?: number | undefined;
  /** How callers are asked to stay away, at least; `'1s'` unless set. */
  readonly retryAfter?: Duration | undefined;
  /** Told once per change. */
  readonly onOverload?: OnOverload | undefined;
  /** Reads the share in use, cheaply; a `HeapUsage` unless set. Asked each 20 ms and 16 requests, by each near `heapRatio`. */
  readonly readHeapRatio?: (() => number) | undefined;
  /** Where a listener that throws is reported; nowhere unless set. */
  readonly logger?: Logger | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

/** `LoadShedderOptions` with every default filled in and checked. */
export interface LoadShedderSettings {
  /** `delay` in ms. */
  readonly delayMs: number;
  /** `interval` in ms. */
  readonly intervalMs: number;
  /** Above 0 to 1. */
  readonly heapRatio: number;
  /** `retryAfter` in ms. */
  readonly retryAfterMs: number;
  readonly onOverload: OnOverload;
  readonly readHeapRatio: () => number;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Options with their defaults. @throws WEFT_CONFIG_INVALID telling all that is wrong */
export function parseLoadShedderOptions(options: LoadShedderOptions): LoadShedderSettings {
  const reader = new OptionReader('shedding');
  const settings = {
    delayMs: reader.durationMs('delay', options.delay ?? '30ms'),
    intervalMs: reader.durationMs('interval', options.interval ?? '100ms'),
    heapRatio: reader.above(0, 'heapRatio', options.heapRatio ?? 0.95, 1),
    retryAfterMs: reader.durationMs('retryAfter', options.retryAfter ?? '1s'),
    onOverload: options.onOverload ?? (() => {}),
    readHeapRatio: options.readHeapRatio ?? new HeapUsage().ratio,
    logger: options.logger ?? noopLogger,
    clock: options.clock ?? systemClock,
  };
  reader.check();
  return settings;
}
