import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { type Clock, epochMs, type Logger, parseDuration } from '@weft/core';
import type { MetricFamily } from './metric-family.js';
import type { OtlpOptions } from './options.js';
import { resourceMetrics } from './otlp-data.js';
import { openOtlpExporter } from './otlp-exporter.js';
import { OTLP_TIMEOUT_MS, OtlpPush } from './otlp-push.js';

/** What is pushed, and what the push finds around it. */
export interface OtlpParts {
  /** The metrics as they are now. */
  readonly look: () => Iterable<MetricFamily>;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Runs the interval. */
  readonly clock: Clock;
  /** Told when the collector gets lost, and when it is back. */
  readonly logger: Logger;
}

/** Begins to push all metrics to a collector, over HTTP in protobuf. */
export function openOtlpPush({ url, interval = '60s', headers = {} }: OtlpOptions, parts: OtlpParts): OtlpPush {
  const { look, clock, logger } = parts;
  const startAt = epochMs();
  const target = signalUrl(url);
  const resource = defaultResource().merge(resourceFromAttributes(parts.resource));
  const exporter = openOtlpExporter({ url: target.href, headers, timeoutMs: OTLP_TIMEOUT_MS });
  const read = () => resourceMetrics(look(), resource, { startAt, endAt: epochMs() });
  const address = target.origin + target.pathname;
  return new OtlpPush(exporter, read, { address, intervalMs: parseDuration(interval), clock, logger });
}

/** A collector's base URL stands for its path for metrics. */
function signalUrl(url: string): URL {
  const target = new URL(url);
  if (target.pathname === '/') target.pathname = '/v1/metrics';
  return target;
}
