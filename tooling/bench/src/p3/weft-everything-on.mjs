import { openOtelMetrics } from '@weft/metrics-otel';
import { open as openLoad } from '../load.mjs';
import { openReportedTracing } from '../telemetry/open-reported-tracing.mjs';
import { openUsersService } from './weft.mjs';

/** Wide enough to refuse nobody, also while the machine has others to serve: what is refused costs less. */
const rateLimit = { perSecond: 1_000_000_000, burst: 1_000_000_000 };
const overload = { delay: '1s', interval: '1s' };

/**
 * Ours with all that a service in production has: beside what `weft` does a rate limit by caller, load shedding, adaptive
 * concurrency, metrics with the endpoint for Prometheus open, and spans, of which a tenth are recorded and exported.
 * @param {import('../area.mjs').Setting} setting
 * @returns {Promise<import('../area.mjs').Opened>}
 */
export async function open({ size }) {
  const tracing = await openReportedTracing();
  const measuring = await openOtelMetrics({ prometheus: { port: 0 } });
  const { port, close } = await openUsersService(size, {
    ...{ rateLimit, overload, concurrency: true },
    ...{ tracer: tracing.tracer, metrics: measuring.metrics },
  });
  await checkTelemetry({ port, size, tracing, url: measuring.url ?? '' });
  return {
    port,
    async close() {
      await close();
      await measuring.close();
      await tracing.close();
    },
  };
}

/**
 * Throws unless a request leads to a span that the collector took, and to a metric that Prometheus can fetch.
 * @param {{ port: number, size: number, tracing: import('@weft/tracing-otel').OtelTracing, url: string }} what
 */
async function checkTelemetry({ port, size, tracing, url }) {
  const caller = await openLoad({ origins: [`http://127.0.0.1:${port}`], size, metrics: false });
  await caller.run?.(1);
  await caller.close();
  await tracing.flush();
  const { reported } = tracing.tracer.stats();
  const text = await (await fetch(url)).text();
  if (reported !== 1 || !/^service_requests_total\{.*\} 1$/m.test(text)) throw new Error(`${reported} spans; metrics: ${text}`);
}
