import type { Metrics } from '@weft/core';

/** Where the measurements of a host go, and how they are read where its driver offers that. */
export interface HostMetrics extends Metrics {
  /** Where Prometheus fetches them, such as `http://127.0.0.1:9464/metrics`; undefined without such an endpoint. */
  readonly url?: string | undefined;
  /** All of them in Prometheus' text format; undefined without a driver that can. */
  scrape?(): Promise<string>;
}
