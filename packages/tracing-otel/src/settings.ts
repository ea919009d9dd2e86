import { parseDuration } from '@weft/core';
import type { QueueOptions, TailOptions } from './options.js';
import type { SpanQueueSettings } from './span-queue.js';
import type { TailSettings } from './tail-buffer.js';

/** The options of the queue with their defaults. */
export function queueSettings(options: QueueOptions = {}): SpanQueueSettings {
  const { maxSpans = 2_048, batch = Math.min(512, maxSpans), interval = '1s', timeout = '10s' } = options;
  return { maxSpans, batch, intervalMs: parseDuration(interval), timeoutMs: parseDuration(timeout) };
}

/** The options of the tail with their defaults. */
export function tailSettings(options: true | TailOptions): TailSettings {
  const { slow = '1s', failed = true, maxTraces = 1_000, maxSpans = 50 } = options === true ? {} : options;
  return { slowMs: parseDuration(slow), failed, maxTraces, maxSpans };
}
