import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCircuitBreaker, createClient, createRegistry, createService, createServiceDiscovery } from '@weft/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The seed's own tests, line by line; the registry is a folder here. */
describe('the seed’s tests', () => {
  let path: string;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'weft-seed-'));
  });
  afterAll(() => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));

  it('S154 registers a service, finds it, deregisters it', async () => {
    const registry = await createRegistry({ driver: 'file', path });
    const service = await createService({ name: 'test-service', port: 8081, registry });
    await registry.register(service);
    const registeredService = await registry.getService('test-service');
    expect(registeredService.name).toBe('test-service');
    await registry.deregister(service);
    await expect(registry.getService('test-service')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
    await registry.close();
  });

  it('S155 discovers a service, S156 calls it', async () => {
    const service = await createService({ name: 'user-service', registry: { driver: 'file', path } });
    service.addHandler('GET /users/:id', async ({ params }) => ({ id: params.id }));
    await service.start();
    const discovery = await createServiceDiscovery({ driver: 'file', path });
    const registry = await createRegistry({ driver: 'file', path });
    for await (const { instances } of registry.watch('user-service')) if (instances.length > 0) break;
    const services = await discovery.getServices('user-service');
    expect(services.length).toBeGreaterThan(0);
    expect(services[0]?.name).toBe('user-service');

    const client = await createClient({ serviceName: 'user-service', timeout: '5s', registry: { driver: 'file', path } });
    const response = await client.call('GET', '/users/123', null, null);
    expect(response.statusCode).toBe(200);

    const userService = await discovery.getService('user-service');
    expect((await userService.call('GET', '/users/123', null)).statusCode).toBe(200);
    await client.close();
    await discovery.close();
    await registry.close();
    await service.stop({ immediate: true });
  });

  it('S157 R59 the breaker opens after 3 failures and is half-open 11 s later with no call made', async () => {
    const circuitBreaker = createCircuitBreaker({ threshold: 3, timeout: '10s' });
    for (let i = 0; i < 3; i++) {
      await expect(
        circuitBreaker.execute(async () => {
          throw new Error('service error');
        }),
      ).rejects.toThrow('service error');
    }
    expect(circuitBreaker.isOpen()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    expect(circuitBreaker.isHalfOpen()).toBe(true);
  });
});
