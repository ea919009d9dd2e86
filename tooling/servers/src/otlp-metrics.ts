import { type ReceivedAttributes, readResource } from './otlp-spans.js';
import { Message } from './protobuf-reader.js';

/** How often one metric was measured, as one report tells it. */
export interface ReceivedMetric {
  /** Such as `service.requests`. */
  readonly name: string;
  /** Series of it: points, one per set of labels. */
  readonly points: number;
  /** Facts about the process that it came from. */
  readonly resource: ReceivedAttributes;
}

/** Fields of a `Metric` that hold its points, each under field 1: gauge, sum, histogram, exponential histogram, summary. */
const KINDS = [5, 7, 9, 10, 11];

/**
 * The metrics of an `ExportMetricsServiceRequest`.
 *
 * Source: opentelemetry-proto 1.5, `collector/metrics/v1/metrics_service.proto` and what it imports.
 * @throws Error when the bytes are none
 */
export function readMetrics(request: Buffer): readonly ReceivedMetric[] {
  return new Message(request).messages(1).flatMap((resourceMetrics) => {
    const resource = readResource(resourceMetrics);
    const metrics = resourceMetrics.messages(2).flatMap((scopeMetrics) => scopeMetrics.messages(2));
    return metrics.map((metric) => ({ name: metric.string(1), points: pointsOf(metric), resource }));
  });
}

function pointsOf(metric: Message): number {
  return KINDS.reduce((sum, kind) => sum + metric.message(kind).messages(1).length, 0);
}
