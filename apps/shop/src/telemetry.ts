import type { ReporterOptions } from '@weft/tracing-otel';
import type { ReceivedMetric } from '@weft-tooling/servers';
import type { Fleet } from './fleet.js';
import type { TraceSpan } from './trace-tree.js';

/** Where the spans and the metrics of the shop go. */
export interface Telemetry {
  /** Where spans are reported to. */
  readonly reporter: ReporterOptions & { readonly type: 'otlp' | 'zipkin'; readonly url: string };
  /** Share of the shop's own traces that goes there, 0 to 1: all where somebody looks, else none but the one that is shown. */
  readonly sampler: number;
  /** What is to be said about it, and where to look. */
  readonly told: readonly string[];
  /** Where the processes push their metrics to; nowhere unless set. */
  readonly metricsUrl?: string;
  /** What has arrived there of a trace. */
  spansOf(traceId: string): Promise<readonly TraceSpan[]>;
  /** The metrics that have been pushed so far, report by report. */
  pushedMetrics(): readonly ReceivedMetric[];
  /** Which processes it fetches metrics from, from now on; nothing unless it fetches them itself. */
  follow?(fleet: Pick<Fleet, 'running'>): void;
  /** Sends on what is still here, and leaves nothing behind. */
  close(): Promise<void>;
}
