import type { Driver } from '@weft/core';
import { type OtelMetricsOptions, otelMetricsOptions } from './options.js';
import { openOtelMetrics } from './otel-metrics.js';

/** The driver `otel` of the slot `metrics`. */
const driver: Driver<'metrics', OtelMetricsOptions> = {
  contract: 1,
  slot: 'metrics',
  name: 'otel',
  options: otelMetricsOptions,
  async open(options, { clock, logger }) {
    const { metrics, url, scrape, close } = await openOtelMetrics(options, { clock, logger });
    if (url) logger.info('metrics can be fetched', { url });
    return { value: Object.assign(metrics, { url, scrape }), stop: close };
  },
};

export default driver;
