import { fixedRegistry, instanceRecord, scriptedTransport } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from './client.js';
import { ServiceDiscovery } from './service-discovery.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function setUp() {
  const registry = new Registry(fixedRegistry(['users-1', 'users-2'].map((id) => instanceRecord(id))));
  const transport = scriptedTransport(({ instance, path }) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: instance.id, path }),
  }));
  const client = new Client({ registry, transport });
  closers.push(
    () => client.close(),
    () => registry.close(),
  );
  return new ServiceDiscovery({ registry, client });
}

describe('ServiceDiscovery', () => {
  it('S54 finds all instances of a service', async () => {
    const services = await setUp().getServices('users');
    expect(services.map(({ id, name }) => [id, name])).toEqual([
      ['users-1', 'users'],
      ['users-2', 'users'],
    ]);
    expect(await setUp().discover('nobody')).toEqual([]);
  });

  it('S31 hands a service over callable, with the fields of an instance', async () => {
    const users = await setUp().getService('users');
    expect(users).toMatchObject({ name: 'users', address: '127.0.0.1', port: 8_000 });
    const reply = await users.call<{ path: string }>('GET', '/users/7', null);
    expect(reply.data.path).toBe('/users/7');
    expect(await users.instances()).toHaveLength(2);
  });

  it('S30 rejects with WEFT_NO_INSTANCE, which is a 503, for a service that is not there', async () => {
    await expect(setUp().getService('nobody')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('S206 tells what it holds, and forgets it when asked', async () => {
    const discovery = setUp();
    await discovery.discoverOne('users');
    discovery.clearCache();
    expect(discovery.getCacheStats()).toMatchObject({ hits: expect.any(Number), misses: expect.any(Number) });
    expect(await discovery.getServices('users')).toHaveLength(2);
  });
});
