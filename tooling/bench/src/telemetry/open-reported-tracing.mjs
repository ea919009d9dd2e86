import { openOtelTracing } from '@weft/tracing-otel';
import { BenchProcess } from '../bench-process.mjs';

/**
 * Tracing as it runs in production: a tenth of what begins here is recorded, and reported as OTLP to a collector in another process.
 * @returns {Promise<import('@weft/tracing-otel').OtelTracing>}
 */
export async function openReportedTracing() {
  const { process: collector, told } = await BenchProcess.open('collector', './telemetry/collector.mjs');
  const url = `http://127.0.0.1:${told.port}`;
  const tracing = openOtelTracing({ serviceName: 'users', sampler: 0.1, reporter: { url } });
  return {
    tracer: tracing.tracer,
    flush: () => tracing.flush(),
    async close() {
      await tracing.close();
      await collector.close();
    },
  };
}
