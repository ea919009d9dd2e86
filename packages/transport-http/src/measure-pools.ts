import { type Clock, type Metrics, noopMetrics, type Timer } from '@weft/core';
import type { HttpTransport } from './http-transport.js';

/** Well below the time between two looks of whoever collects metrics. */
const INTERVAL_MS = 5_000;

/**
 * Measures the connections of a transport every 5 s: the gauges `client.pool.connections` by `state` (`busy`, `idle`) and
 * `client.pool.waiting`, the calls that wait for one. Over all instances: a series for each would outlive it.
 * @returns ends it, and sets them to 0
 */
export function measurePools(transport: Pick<HttpTransport, 'stats'>, metrics: Metrics, clock: Clock): () => void {
  if (metrics === noopMetrics) return () => {};
  const write = (busy: number, idle: number, waiting: number) => {
    metrics.gauge('client.pool.connections', busy, { state: 'busy' });
    metrics.gauge('client.pool.connections', idle, { state: 'idle' });
    metrics.gauge('client.pool.waiting', waiting);
  };
  let timer: Timer | undefined;
  const measure = () => {
    let [busy, idle, waiting] = [0, 0, 0];
    for (const pool of transport.stats()) {
      busy += pool.busy;
      idle += pool.idle;
      waiting += pool.waiting;
    }
    write(busy, idle, waiting);
    timer = clock.setTimer(INTERVAL_MS, measure);
  };
  measure();
  return () => {
    timer?.cancel();
    write(0, 0, 0);
  };
}
