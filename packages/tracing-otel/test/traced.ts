import { seededRandom, virtualClock } from '@weft/conformance';
import type { Span } from '@weft/core';
import { onTestFinished } from 'vitest';
import { openOtelTracing } from '../src/driver.js';
import type { OtelTracingOptions } from '../src/options.js';

/** The position of a trace that another process did not choose. */
export const UNSAMPLED = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: false };

/** Tracing into memory, on a virtual clock and a seed; closed when the test ends. */
export function traced(options: Omit<OtelTracingOptions, 'serviceName'>, seed = 1) {
  const clock = virtualClock();
  const queue = { maxSpans: 50_000, batch: 50_000 };
  const random = seededRandom(seed);
  const tracing = openOtelTracing({ serviceName: 'users', reporter: { type: 'memory' }, queue, ...options }, { clock, random });
  onTestFinished(() => tracing.close());
  const names = async () => {
    await tracing.flush();
    return tracing.tracer.spans().map(({ name }) => name);
  };
  return { clock, names, ...tracing };
}

/** Ends spans, in that order. */
export function finish(...spans: readonly Span[]): void {
  for (const span of spans) span.finish();
}
