import { openReportedTracing } from '../telemetry/open-reported-tracing.mjs';
import { openUsersService } from './weft.mjs';

/**
 * Ours with a span for each request, of which a tenth are recorded and exported: what tracing alone costs, end to end.
 * @param {import('../area.mjs').Setting} setting
 * @returns {Promise<import('../area.mjs').Opened>}
 */
export async function open({ size }) {
  const tracing = await openReportedTracing();
  const { port, close } = await openUsersService(size, { tracer: tracing.tracer });
  return {
    port,
    async close() {
      await close();
      await tracing.close();
    },
  };
}
