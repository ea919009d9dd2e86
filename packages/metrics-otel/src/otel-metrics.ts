import { type Clock, type Logger, type Metrics, noopLogger, systemClock } from '@weft/core';
import { MetricStore } from './metric-store.js';
import type { OtlpParts } from './open-otlp-push.js';
import { type OtelMetricsOptions, type OtlpOptions, type PrometheusOptions, parseOtelMetricsOptions } from './options.js';
import type { OtlpPush } from './otlp-push.js';
import { openPrometheusEndpoint, type PrometheusEndpoint } from './prometheus-endpoint.js';
import { prometheusText } from './prometheus-text.js';
import { RefusedObservations } from './refused-observations.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** Bounds in seconds that OpenTelemetry advises for the duration of HTTP requests. */
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const MAX_SERIES = 2_000;

/** Metrics of this process, and the ways out for them. */
export interface OtelMetrics {
  /** What measures: goes wherever Weft takes `metrics`. Its functions never throw. */
  readonly metrics: Metrics;
  /** Where Prometheus fetches them, such as `http://127.0.0.1:9464/metrics`; undefined when that is off. */
  readonly url: string | undefined;
  /** All metrics in Prometheus' text format. */
  scrape(): Promise<string>;
  /** Pushes what is known by now, where pushing is on. Takes at most 2 s and never rejects. */
  flush(): Promise<void>;
  /** Pushes a last time and ends the endpoint. Takes at most 2 s and never rejects; observations after it lead nowhere. */
  close(): Promise<void>;
}

/** What the metrics find around them. */
export interface OtelMetricsHost {
  /** Runs intervals; the system's unless given. */
  readonly clock?: Clock;
  /** Told what is ignored, and when the collector is lost or back; silent unless given. */
  readonly logger?: Logger;
}

/**
 * Opens metrics with an endpoint for Prometheus (unless it is off) and a push to a collector (where one is set). A collector
 * that does not answer is no failure, neither here nor later.
 * @throws WEFT_CONFIG_INVALID telling every option that is wrong, WEFT_CONFLICT when the port is in use
 */
export async function openOtelMetrics(options: OtelMetricsOptions = {}, host: OtelMetricsHost = {}): Promise<OtelMetrics> {
  const parsed = parseOtelMetricsOptions(options);
  const { clock = systemClock, logger = noopLogger } = host;
  const surroundings = { clock, logger };
  const store = openStore(parsed, logger);
  const resource = { ...(parsed.serviceName && { 'service.name': parsed.serviceName }), ...parsed.resource };
  let runtime: RuntimeMetrics | undefined;
  const look = () => {
    runtime?.look();
    return store.families;
  };
  const scrape = async () => prometheusText(look(), resource);
  const endpoint = await openEndpoint(parsed.prometheus, scrape, surroundings);
  const push = parsed.otlp?.url ? await openPush(parsed.otlp, { look, resource, ...surroundings }) : undefined;
  if (parsed.runtime !== false) runtime = new RuntimeMetrics(store, clock);
  let closing: Promise<unknown> | undefined;
  return {
    metrics: {
      increment: (name, labels, by) => store.increment(name, labels, by),
      histogram: (name, value, labels) => store.histogram(name, value, labels),
      gauge: (name, value, labels) => store.gauge(name, value, labels),
    },
    url: endpoint?.url,
    scrape,
    flush: async () => push?.flush(),
    async close() {
      closing ??= Promise.all([push?.close(), endpoint?.close()]).finally(() => runtime?.close());
      await closing;
    },
  };
}

function openStore({ buckets = HTTP_BUCKETS, maxSeries = MAX_SERIES, prefix, describe }: OtelMetricsOptions, logger: Logger) {
  return new MetricStore({ buckets, maxSeries, prefix, describe, refused: new RefusedObservations(logger) });
}

async function openEndpoint(
  options: PrometheusOptions | false = {},
  scrape: () => Promise<string>,
  { logger }: Required<OtelMetricsHost>,
): Promise<PrometheusEndpoint | undefined> {
  if (!options) return undefined;
  const { host = '127.0.0.1', port = 9_464, path = '/metrics', names = [] } = options;
  return await openPrometheusEndpoint({ host, port, path, names, logger }, scrape);
}

/** The SDK takes 0.2 s to load: only who pushes waits for it. */
async function openPush(otlp: OtlpOptions, parts: OtlpParts): Promise<OtlpPush> {
  const { openOtlpPush } = await import('./open-otlp-push.js');
  return openOtlpPush(otlp, parts);
}
