import { openOtelMetrics } from '@weft/metrics-otel';
import { cpuNsPerCall } from '../cpu-per-call.mjs';

/** A service has some routes. */
const PATHS = Array.from({ length: 20 }, (_, index) => `/tenant-${index}/users/:id`);

/**
 * What a counter and a distribution cost, with the labels that a service gives them for each request. All else is on: the
 * runtime is measured, and the endpoint for Prometheus open.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls }) {
  const { metrics, scrape, close } = await openOtelMetrics({ prometheus: { port: 0 } });
  let made = 0;
  const observe = (/** @type {number} */ count) => {
    for (const end = made + count; made < end; made++) {
      const path = PATHS[made % PATHS.length] ?? '';
      metrics.increment('service.requests', { method: 'GET', path, status: '200', status_class: '2xx' });
      metrics.histogram('service.response_time', 0.012, { method: 'GET', path });
    }
  };
  observe(calls);
  const measure = async () => {
    const ns = await cpuNsPerCall(calls, observe);
    const text = await scrape();
    const counted = [sumOf(text, 'service_requests_total'), sumOf(text, 'service_response_time_seconds_count')];
    if (counted.some((count) => count !== made)) throw new Error(`${counted} of ${made} are counted`);
    return { ns };
  };
  return { measure, close };
}

/**
 * @param {string} text
 * @param {string} name
 */
function sumOf(text, name) {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
