import type { Client } from '@weft/client';
import { createClient, createService } from '@weft/host';
import type { Service } from '@weft/service';
import { ADDRESSED, PORT } from './backend.js';

/** A client for whatever service, and a service that is stopped however `work` ends: Go's `defer`. */
export async function withUserService(work: (service: Service, client: Client) => Promise<void>): Promise<void> {
  const client = await createClient({ ...ADDRESSED, loadBalancer: 'round_robin', timeout: '30s' });
  const service = await createService({
    ...ADDRESSED,
    name: 'user-service',
    version: '1.0.0',
    port: PORT,
    healthCheck: '/health',
    metadata: { environment: 'production', region: 'us-west-1' },
  });
  await service.start();
  try {
    await work(service, client);
  } finally {
    await service.stop();
    await client.close();
  }
}
