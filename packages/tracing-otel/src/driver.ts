import {
  type Clock,
  type Driver,
  type Logger,
  type Metrics,
  noopLogger,
  noopMetrics,
  type Random,
  systemClock,
} from '@weft/core';
import { createTracer, type KindTracer } from '@weft/tracing';
import { createProviders } from './create-providers.js';
import { createReporter } from './create-reporter.js';
import type { FinishedSpan } from './finished-span.js';
import { type OtelTracingOptions, otelTracingOptions, parseOtelTracingOptions } from './options.js';
import { registerProvider } from './register-provider.js';
import { queueSettings, tailSettings } from './settings.js';
import { SpanQueue } from './span-queue.js';
import { TailBuffer } from './tail-buffer.js';
import type { TracingStats } from './tracing-stats.js';

/** What tracing finds around it; each has a default. */
export interface OtelTracingParts {
  /** What the queue and the tail run on; the process's clock unless given. The instants in spans are the system's. */
  readonly clock?: Clock;
  /** Told when the collector cannot be reached and when it can again; nobody unless given. */
  readonly logger?: Logger;
  /** Counts spans that were reported and dropped; nobody unless given. */
  readonly metrics?: Metrics;
  /** Makes ids and chooses traces; the process's unless given. */
  readonly random?: Random;
}

/** A tracer that knows what became of its spans. */
export interface OtelTracer extends KindTracer {
  /** What became of the spans so far. */
  stats(): TracingStats;
  /** What the reporter `memory` has taken, the last 10,000 spans, oldest first; empty with others. */
  spans(): readonly FinishedSpan[];
}

/** Tracing that is open. */
export interface OtelTracing {
  /** Makes spans. */
  readonly tracer: OtelTracer;
  /** Reports what has ended by now. Resolves when that is done, when it fails, or after 2 s; never rejects. */
  flush(): Promise<void>;
  /** As `flush`, and nothing is reported from then on. Idempotent; never rejects. */
  close(): Promise<void>;
}

/**
 * Opens tracing over the OpenTelemetry SDK: chooses which traces are recorded, and reports them in the background. Neither
 * a collector that is down nor one that is slow touches the work that is traced.
 * @throws WEFT_CONFIG_INVALID telling every option that is wrong
 */
export function openOtelTracing(options: OtelTracingOptions, parts: OtelTracingParts = {}): OtelTracing {
  const checked = parseOtelTracingOptions(options);
  const { serviceName, reporter = {}, tail, queue, register } = checked;
  const { clock = systemClock, logger = noopLogger, metrics = noopMetrics, random } = parts;
  const { memory, ...made } = createReporter(reporter, logger);
  const spans = new SpanQueue(queueSettings(queue), { ...made, clock, logger, metrics });
  const buffer = tail ? new TailBuffer(tailSettings(tail), clock, spans) : undefined;
  const { own, foreign } = createProviders(checked, buffer ?? spans, random);
  const leave = register ? registerProvider(foreign, logger) : undefined;
  const { startSpan } = createTracer({ serviceName, ...own, ...(random && { random }) });
  return {
    tracer: {
      startSpan,
      stats: () => ({ ...spans.counts, tail: buffer?.counts ?? { kept: 0, evicted: 0 } }),
      spans: () => memory?.spans ?? [],
    },
    flush: () => spans.forceFlush(),
    close() {
      leave?.();
      return (buffer ?? spans).shutdown();
    },
  };
}

/** The driver `otel` of the slot `tracing`. */
const driver: Driver<'tracing', OtelTracingOptions> = {
  contract: 1,
  slot: 'tracing',
  name: 'otel',
  needs: ['metrics'],
  options: otelTracingOptions,
  async open(options, host) {
    const { clock, logger } = host;
    const tracing = openOtelTracing(options, { clock, logger, metrics: host.get('metrics') });
    return { value: tracing.tracer, stop: () => tracing.close() };
  },
};

export default driver;
