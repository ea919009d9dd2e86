import { Resolver } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryDriver } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { follow, record, signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

const soon = { timeout: 15_000, interval: 20 };
const ttlMs = 30_000;

describeOn('consul', describe)('what the tools of Consul see, and what they register', () => {
  let server: RunningServer;
  let driver: RegistryDriver;

  beforeAll(async () => {
    server = await startServer('consul');
    driver = await openConsulRegistry({ address: server.address });
  });
  afterAll(async () => {
    await driver?.close();
    await server?.stop();
  });

  async function register(definition: object): Promise<void> {
    const file = join(server.folder, 'service.json');
    await writeFile(file, JSON.stringify({ service: definition }));
    await server.run(['services', 'register', file]);
  }

  async function addresses(name: string): Promise<readonly string[]> {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.ports.dns}`]);
    return resolver.resolve4(`${name}.service.consul`).catch(() => []);
  }

  it('is a service of the catalog with its address, port, tags and metadata', async () => {
    await driver.put(record({ tags: ['blue'], metadata: { region: 'eu' } }), { ttlMs, signal });
    expect(await server.run(['catalog', 'services', '-tags'])).toMatch(/orders\s+blue/);
    expect(await server.run(['catalog', 'nodes', '-service=orders'])).toContain('n1');
    const listed = await fetch(`http://${server.address}/v1/health/service/orders?passing`);
    const [{ Service }] = (await listed.json()) as [{ Service: object }];
    expect(Service).toMatchObject({
      ID: 'orders-1',
      Address: '10.0.0.1',
      Port: 8080,
      Meta: { region: 'eu', 'weft-version': '1.2.0' },
    });
  });

  it('has its own services under each prefix, whatever the characters of prefix and name, and the same id in both', async () => {
    const [one, other] = await Promise.all(
      ['team.a/', 'team.b '].map((prefix) => openConsulRegistry({ address: server.address, prefix })),
    );
    if (!one || !other) return expect.unreachable();
    for (const name of ['a/b', 'ä €', '50%']) {
      for (const [at, driver] of [one, other].entries()) {
        await driver.put(record({ name, id: 'same', incarnation: `${9 - at}` }), { ttlMs, signal });
        const seen = async (of: string | undefined) => (await driver.list(of, { signal })).map((found) => [found.name, found.id]);
        await vi.waitFor(async () => expect(await seen(name)).toEqual([[name, 'same']]), soon);
        await vi.waitFor(async () => expect(await seen(undefined)).toContainEqual([name, 'same']), soon);
      }
      await other.remove({ name, id: 'same', incarnation: '8' }, { signal });
      expect(await one.list(name, { signal })).toMatchObject([{ incarnation: '9' }]);
    }
    await Promise.all([one.close(), other.close()]);
  });

  it('is found by DNS while it wants traffic, and not while it drains or is not ready', async () => {
    for (const [status, expected] of [
      ['up', ['10.0.0.1']],
      ['draining', []],
      ['up', ['10.0.0.1']],
      ['not-ready', []],
    ] as const) {
      await driver.put(record({ id: 'dns-1', name: 'dns', status }), { ttlMs, signal });
      await vi.waitFor(async () => expect(await addresses('dns')).toEqual(expected), soon);
    }
  });

  it('is not found by DNS, nor by us, when its lease has run out', async () => {
    await driver.put(record({ id: 'brief-1', name: 'brief' }), { ttlMs: 1_000, signal });
    expect(await addresses('brief')).toEqual(['10.0.0.1']);
    await vi.waitFor(async () => expect(await addresses('brief')).toEqual([]), soon);
    expect(await driver.list('brief', { signal })).toEqual([]);
  });

  it('keeps what an operator says: out of service means not ready', async () => {
    await driver.put(record({ id: 'maint-1', name: 'maint' }), { ttlMs, signal });
    await server.run(['maint', '-enable', '-service=maint-1', '-reason=looking']);
    await vi.waitFor(async () => expect((await driver.list('maint', { signal }))[0]?.status).toBe('not-ready'), soon);
    await driver.put(record({ id: 'maint-1', name: 'maint', metadata: { n: '2' } }), { ttlMs, signal });
    expect(await driver.list('maint', { signal })).toMatchObject([{ status: 'not-ready', metadata: { n: '2' } }]);
    await server.run(['maint', '-disable', '-service=maint-1']);
    await vi.waitFor(async () => expect((await driver.list('maint', { signal }))[0]?.status).toBe('up'), soon);
  });

  it('finds a service that Consul registers, follows its checks, and sees it go', async () => {
    const seen = follow(driver, 'web');
    await vi.waitFor(() => expect(seen.events).toEqual([{ list: [] }]), soon);
    const check = { id: 'web-check', ttl: '60s', status: 'critical' };
    await register({ id: 'web-1', name: 'web', port: 80, tags: ['v2'], meta: { env: 'test' }, check });
    const web = {
      id: 'web-1',
      name: 'web',
      host: '127.0.0.1',
      endpoints: [{ protocol: 'http', port: 80 }],
      metadata: { env: 'test' },
    };
    await vi.waitFor(() => expect(seen.events.at(-1)).toMatchObject({ put: { ...web, status: 'not-ready' } }), soon);
    await fetch(`http://${server.address}/v1/agent/check/pass/web-check`, { method: 'PUT' });
    await vi.waitFor(() => expect(seen.events.at(-1)).toMatchObject({ put: { ...web, status: 'up' } }), soon);
    await server.run(['services', 'deregister', '-id=web-1']);
    await vi.waitFor(() => expect(seen.events.at(-1)).toMatchObject({ removed: { id: 'web-1', name: 'web' } }), soon);
    await seen.end();
    expect(seen.failures).toEqual([]);
  });

  it('lists all services without Consul itself and without proxies', async () => {
    await register({
      id: 'proxy-1',
      name: 'web-proxy',
      kind: 'connect-proxy',
      port: 81,
      proxy: { destination_service_name: 'web' },
    });
    await vi.waitFor(async () => {
      const names = (await driver.list(undefined, { signal })).map(({ name }) => name);
      expect(names).toContain('orders');
      expect(names).not.toContain('consul');
      expect(names).not.toContain('web-proxy');
    }, soon);
    expect(await driver.list('consul', { signal })).toHaveLength(1);
  });

  it('puts a prefix before each name, and sees the names with it alone', async () => {
    const team = await openConsulRegistry({ address: server.address, prefix: 'team-' });
    await team.put(record({ id: 'users-1', name: 'users' }), { ttlMs, signal });
    expect(await server.run(['catalog', 'services'])).toContain('team-users');
    expect((await team.list(undefined, { signal })).map(({ name }) => name)).toEqual(['users']);
    expect((await team.list('users', { signal })).map(({ id }) => id)).toEqual(['users-1']);
    expect(await team.list('orders', { signal })).toEqual([]);
    await team.remove({ name: 'users', id: 'users-1' }, { signal });
    await team.close();
  });

  it('shows every watch that an instance drains before it has gone, however soon it is removed', async () => {
    const leaving = record({ id: 'leaver-1', name: 'leaver' });
    await driver.put(leaving, { ttlMs, signal });
    const seen = [follow(driver, 'leaver'), follow(driver, undefined)];
    for (const { events } of seen) await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), soon);
    for (const version of ['2', '3', '4']) await driver.put({ ...leaving, version }, { ttlMs, signal });
    await driver.put({ ...leaving, version: '4', status: 'draining' }, { ttlMs, signal });
    await driver.remove(leaving, { signal });
    for (const { events, end } of seen) {
      const of = () => events.filter((event) => JSON.stringify(event).includes('leaver-1')).slice(-2);
      await vi.waitFor(() => expect(of().at(-1)).toMatchObject({ removed: { id: 'leaver-1', status: 'draining' } }), soon);
      expect(of()[0]).toMatchObject({ put: { id: 'leaver-1', status: 'draining' } });
      await end();
    }
  });

  it('removes who drains even when nobody can wait for it', async () => {
    const leaving = record({ id: 'hasty-1', name: 'hasty', status: 'draining' });
    await driver.put(leaving, { ttlMs, signal });
    const hurry = AbortSignal.timeout(50);
    await driver.remove(leaving, { signal: hurry }).catch(() => {});
    await vi.waitFor(async () => expect(await driver.list('hasty', { signal })).toEqual([]), soon);
  });
});
