import { createRegistry, createService, createServiceDiscovery } from '@weft/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADDRESSED } from './backend.js';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const { registry: DRIVER, registryAddress: ADDRESS } = ADDRESSED;

async function openRegistry() {
  const registry = await createRegistry(DRIVER, ADDRESS);
  onTestFinished(() => registry.close());
  return registry;
}

describe('the registry of the public API', () => {
  it('takes a description or a service, and finds both until they are gone (S46-S50, S57)', async () => {
    const registry = await openRegistry();
    const { id } = await registry.register({ name: 'test-service', host: '127.0.0.1', port: 8081, version: '1.0.0' });
    await registry.register(await createService({ name: 'other-service', port: 8082, registry }));
    expect(await registry.getService('test-service')).toMatchObject({ id, version: '1.0.0', port: 8081 });
    expect(await registry.getServices('test-service')).toHaveLength(1);
    expect((await registry.listServices()).map(({ name }) => name)).toEqual(['other-service', 'test-service']);
    await registry.deregister(id);
    await expect(registry.getService('test-service')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
    expect(await registry.getServices('test-service')).toEqual([]);
  });

  it('tells what changes until its signal ends the watch (S51, S52)', async () => {
    const registry = await openRegistry();
    const ending = new AbortController();
    const told: unknown[] = [];
    for await (const event of registry.watch('test-service', { signal: ending.signal })) {
      told.push([event.type, event.instance?.id, event.instances.map(({ id }) => id)]);
      if (event.type === 'snapshot') await registry.register({ id: 't-1', name: 'test-service', port: 8081 });
      else ending.abort();
    }
    expect(told).toEqual([
      ['snapshot', undefined, []],
      ['added', 't-1', ['t-1']],
    ]);
  });

  it('has an event for each change of its own state', async () => {
    const registry = await openRegistry();
    const listener = () => {};
    registry.on('stale', listener).on('recovered', listener).on('registration.lost', listener);
    registry.on('registration.restored', listener).on('registration.conflict', listener).on('record.refused', listener);
    expect(registry.eventNames()).toHaveLength(6);
  });

  it('is closed for good, and twice without harm (S211)', async () => {
    const registry = await openRegistry();
    await registry.close();
    await registry.close();
    await expect(registry.getService('test-service')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});

describe('the discovery of the public API', () => {
  it('finds all, one, or something that can be called (S31, S53, S54, S205, S206)', async () => {
    const service = await createService({ ...ADDRESSED, name: 'user-service' });
    service.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    const discovery = await createServiceDiscovery(DRIVER, ADDRESS);
    onTestFinished(() => discovery.close());
    expect((await discovery.getServices('user-service'))[0]?.name).toBe('user-service');
    expect(await discovery.discover('user-service')).toHaveLength(1);
    expect(await discovery.discoverOne('user-service')).toMatchObject({ id: service.id, port: service.port });
    const userService = await discovery.getService('user-service');
    expect([userService.name, userService.id]).toEqual(['user-service', service.id]);
    expect((await userService.call('GET', '/users/1')).data).toEqual({ id: '1' });
    expect(discovery.getCacheStats()).toMatchObject({ services: 1, instances: 1 });
    discovery.clearCache();
    expect(await discovery.getServices('user-service')).toHaveLength(1);
  });
});
