import { type Duration, systemClock } from '@weft/core';
import { Registry, type RegistryOptions } from '@weft/registry';
import { describeOn, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedisRegistry, type RedisRegistryOptions } from './index.js';

const TTL: Duration = '2s';
const TTL_MS = 2_000;
/** When leases have run out meanwhile, the last one that comes back may be missed until then: a single one is believed to have gone. */
const FEWEST_AFTER_LEASES = 2;
/** Leases run out meanwhile: who wants nobody to be missed doubts also a single one that the others are back before. */
const DOUBTING: RegistryOptions = { staleAfter: '300ms', selfPreservation: { minInstances: 1 } };
/** First try within 1 s, then within 2 s each, on a machine that is busy. */
const BACK_WITHIN_MS = 6_000;
const opened: Registry[] = [];

describeOn('redis', describe)('a registry on a Redis that fails', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((registry) => registry.close()));
    await server.run(['flushall']);
  });

  const open = async (options: RedisRegistryOptions = {}, settings: RegistryOptions = {}) => {
    const registry = new Registry(await openRedisRegistry({ address: server.address, ...options }), { ttl: TTL, ...settings });
    opened.push(registry);
    return registry;
  };

  /** Three instances of one process, seen by another one, and the fewest that it ever saw. */
  const three = async (options: RedisRegistryOptions = {}, settings: RegistryOptions = {}) => {
    const [provider, caller] = [await open(options), await open(options, settings)];
    for (const port of [1, 2, 3]) await provider.register({ name: 'users', id: `u${port}`, port });
    const told: string[] = [];
    caller.on('stale', () => void told.push('stale'));
    caller.on('recovered', () => void told.push('recovered'));
    const view = caller.view('users');
    await expect.poll(() => view.instances.length, { timeout: 5_000 }).toBe(3);
    const fewest = { seen: 3 };
    view.onChange(() => {
      fewest.seen = Math.min(fewest.seen, view.instances.length);
    });
    return { provider, caller, view, told, fewest };
  };
  const held = async () => (await server.run(['hkeys', 'weft:services:{users}'])).trim().split('\n').sort();
  const within = async (ms: number, check: () => Promise<unknown> | unknown, expected: unknown) => {
    const startedAt = systemClock.now();
    await expect.poll(check, { timeout: ms, interval: 20 }).toEqual(expected);
    return systemClock.now() - startedAt;
  };

  it('killed and started again with its data: nobody is missed, everybody is followed again', async () => {
    const { provider, view, told, fewest } = await three({}, { staleAfter: '300ms' });
    await server.kill();
    await within(2_000, () => told, ['stale']);
    expect(view.instances).toHaveLength(3);
    await server.start();
    await within(BACK_WITHIN_MS, () => told, ['stale', 'recovered']);
    await provider.register({ name: 'users', id: 'u4', port: 4 });
    await within(2_000, () => view.instances.length, 4);
    expect(fewest.seen).toBe(3);
  });

  it('started again empty: an instance is back within seconds, and not only with the next beat', async () => {
    const provider = await open({}, { ttl: '60s' });
    await provider.register({ name: 'users', id: 'u1', port: 1 });
    await server.restart({ empty: true });
    await within(BACK_WITHIN_MS, held, ['u1']);
  });

  it('started again empty: all are back within a beat and two seconds, and at most one is missed until then', async () => {
    const { view, fewest } = await three();
    await server.restart({ empty: true });
    await within(TTL_MS / 3 + 2_000 + BACK_WITHIN_MS, held, ['u1', 'u2', 'u3']);
    await within(2_000, () => [view.instances.length, view.suspects.size], [3, 0]);
    expect(fewest.seen).toBeGreaterThanOrEqual(FEWEST_AFTER_LEASES);
  });

  it('emptied while it runs: all are back within a beat, and nobody was missed', async () => {
    const { view, fewest } = await three();
    await server.run(['flushall']);
    await within(TTL_MS / 3 + BACK_WITHIN_MS, held, ['u1', 'u2', 'u3']);
    await within(6_000, () => [view.instances.length, view.suspects.size], [3, 0]);
    expect(fewest.seen).toBe(3);
  });

  it('frozen for longer than the TTL: found within two probes, nobody is missed, all are back', async () => {
    const { view, told, fewest } = await three({}, DOUBTING);
    await server.pause();
    await within(5_500, () => told, ['stale']);
    await new Promise((resolve) => setTimeout(resolve, TTL_MS));
    server.resume();
    await within(BACK_WITHIN_MS, () => told, ['stale', 'recovered']);
    await within(BACK_WITHIN_MS, () => [view.instances.length, view.suspects.size], [3, 0]);
    expect(await held()).toEqual(['u1', 'u2', 'u3']);
    expect(fewest.seen).toBe(3);
  });

  it('behind a network that is cut, and one that stalls: nobody is missed, and all goes on when it is healed', async () => {
    const proxy = await startFaultProxy(server);
    const { view, told, fewest } = await three({ address: proxy.address }, DOUBTING);
    for (const fault of ['cut', 'stall'] as const) {
      told.length = 0;
      proxy[fault]();
      await within(5_500, () => told, ['stale']);
      proxy.heal();
      await within(BACK_WITHIN_MS, () => told, ['stale', 'recovered']);
      await within(BACK_WITHIN_MS, () => [view.instances.length, view.suspects.size], [3, 0]);
    }
    expect(fewest.seen).toBe(3);
    await proxy.close();
  });

  it('that takes the rights of its user away: told as such, the last list stays, and all goes on when they are back', async () => {
    const rights = (...rules: string[]) => server.run(['acl', 'setuser', 'weft', 'on', '>one', ...rules]);
    await rights('~*', '&*', '+@all');
    const { provider, caller, view, fewest } = await three({ username: 'weft', password: 'one' });
    const lost: string[] = [];
    provider.on('registration.lost', ({ id }) => void lost.push(id));
    await rights('-@all', '+ping');
    await server.run(['client', 'kill', 'type', 'pubsub']);
    await within(BACK_WITHIN_MS, () => view.error?.code, 'WEFT_PERMISSION_DENIED');
    await within(BACK_WITHIN_MS, () => lost.length, 3);
    expect(view.instances).toHaveLength(3);
    await rights('+@all');
    await within(15_000, held, ['u1', 'u2', 'u3']);
    await within(15_000, () => [view.error, view.instances.length, view.suspects.size], [undefined, 3, 0]);
    expect(fewest.seen).toBeGreaterThanOrEqual(FEWEST_AFTER_LEASES);
    expect((await caller.getService('users')).name).toBe('users');
  });
});
