import { createClient, createRegistry, createService, createServiceDiscovery } from '@weft/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADDRESSED, PORT } from './backend.js';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const { registry: DRIVER, registryAddress: ADDRESS } = ADDRESSED;

describe('seed 17: tests of a microservice', () => {
  it('registers, finds and deregisters a service (S33, S46-S49, S55, S56, S154)', async () => {
    const registry = await createRegistry(DRIVER, ADDRESS);
    onTestFinished(() => registry.close());
    const service = await createService({ name: 'test-service', port: 8081, registry });

    await registry.register(service);
    const registeredService = await registry.getService('test-service');
    expect(registeredService.name).toBe('test-service');
    expect(registeredService.port).toBe(8081);

    await registry.deregister(service);
    await expect(registry.getService('test-service')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('discovers a service (S53, S54, S155)', async () => {
    await startUserService();
    const discovery = await createServiceDiscovery(DRIVER, ADDRESS);
    onTestFinished(() => discovery.close());

    const services = await discovery.getServices('user-service');
    expect(services.length).toBeGreaterThan(0);
    expect(services[0]?.name).toBe('user-service');
  });

  it('communicates with a service (S15, S18, S27, S156)', async () => {
    await startUserService();
    const client = await createClient({ ...ADDRESSED, serviceName: 'user-service', timeout: '5s' });
    onTestFinished(() => client.close());

    const response = await client.call('GET', '/users/123', null, null);
    expect(response.statusCode).toBe(200);
  });

  it('communicates at once after start, by a client that was there before (S156)', async () => {
    const client = await createClient({ ...ADDRESSED, serviceName: 'user-service', timeout: '5s' });
    onTestFinished(() => client.close());
    await startUserService();
    expect((await client.call('GET', '/users/123')).statusCode).toBe(200);
  });
});

async function startUserService(): Promise<void> {
  const service = await createService({ ...ADDRESSED, name: 'user-service', port: PORT });
  service.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
  onTestFinished(() => service.stop({ immediate: true }));
  await service.start();
}
