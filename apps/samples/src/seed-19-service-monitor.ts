import type { Metrics } from '@weft/core';
import { createService } from '@weft/host';
import type { Service } from '@weft/service';
import { PORT, REGISTRY } from './backend.js';

/** A service that counts what it answers in `metrics`; what it calls is recorded by hand, durations in seconds. */
export async function createMonitoredService(metrics: Metrics): Promise<Service> {
  const service = await createService({ name: 'user-service', port: PORT, registry: REGISTRY }, { metrics });
  service.addHandler('GET /users/:id', async ({ params }) => {
    service.monitor.recordServiceCall('order-service', 'GET', '/orders/:id', 0.02, true);
    return { id: params.id };
  });
  return service;
}
