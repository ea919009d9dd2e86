import { instanceRecord } from '@weft/conformance';
import type { RegistryDriver, RegistryEvent } from '@weft/core';
import { Registry } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedisRegistry, type RedisRegistryOptions } from './index.js';

const { signal } = new AbortController();
const TTL_MS = 30_000;
const endings: (() => Promise<unknown>)[] = [];

describeOn('redis', describe)('the records of registry-redis', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
    await server.run(['flushall']);
  });

  const open = async (options: RedisRegistryOptions = {}) => {
    const driver = await openRedisRegistry({ address: server.address, ...options });
    endings.push(() => driver.close());
    return driver;
  };
  const put = (driver: RegistryDriver, id: string, change: object = {}, ttlMs = TTL_MS) =>
    driver.put(instanceRecord(id, change), { ttlMs, signal });
  const lines = async (...command: string[]) => (await server.run(command)).trim().split('\n');
  const follow = async (driver: RegistryDriver, name?: string) => {
    const events: RegistryEvent[] = [];
    const control = new AbortController();
    const read = async () => {
      for await (const event of driver.watch(name, { signal: control.signal })) events.push(event);
    };
    const done = read();
    endings.unshift(async () => {
      control.abort();
      await done;
    });
    await expect.poll(() => events.length).toBe(1);
    return events;
  };

  it('are read with redis-cli: a hash for each service, the ends of the leases, the names', async () => {
    const driver = await open();
    await put(driver, 'a');
    await put(driver, 'b/c', { name: 'orders {eu}' });
    expect((await lines('smembers', 'weft:names')).sort()).toEqual(['orders {eu}', 'users']);
    expect(await lines('hkeys', 'weft:services:{orders%20%7Beu%7D}')).toEqual(['b/c']);
    const [text = ''] = await lines('hget', 'weft:services:{users}', 'a');
    expect(JSON.parse(text)).toMatchObject({ id: 'a', name: 'users', host: '127.0.0.1' });
    const [seconds = ''] = await lines('time');
    const [endsAt = ''] = await lines('zscore', 'weft:leases:{users}', 'a');
    expect(Number(endsAt) / 1_000 - Number(seconds)).toBeCloseTo(TTL_MS / 1_000, -1);
  });

  it('that redis-cli writes are instances without an end, seen within a look, and gone when it deletes them', async () => {
    const registry = new Registry(await open());
    endings.unshift(() => registry.close());
    const view = registry.view('legacy');
    await view.ready(5_000);
    await server.run([
      'hset',
      'weft:services:{legacy}',
      'by-hand',
      '{"host":"10.0.0.9","endpoints":[{"protocol":"http","port":80}]}',
    ]);
    const ids = () => view.instances.map(({ id }) => id);
    await expect.poll(ids, { timeout: 20_000 }).toEqual(['by-hand']);
    expect(view.instances[0]).toMatchObject({ id: 'by-hand', name: 'legacy', host: '10.0.0.9', port: 80, status: 'up' });
    await server.run(['hdel', 'weft:services:{legacy}', 'by-hand']);
    await expect.poll(ids, { timeout: 20_000 }).toEqual([]);
  });

  it('that are poisoned are handed on under their id, so that the registry refuses them, and hide nobody', async () => {
    const driver = await open();
    const registry = new Registry(driver);
    endings.unshift(() => registry.close());
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => void refused.push(id));
    await put(driver, 'good');
    const poison = {
      text: 'no JSON',
      half: '{"id":',
      list: '[]',
      null: 'null',
      number: '7',
      other: '{"id":"good","host":"a/b@c"}',
    };
    for (const [id, text] of Object.entries(poison)) await server.run(['hset', 'weft:services:{users}', id, text]);
    expect((await registry.getInstances('users')).map(({ id }) => id)).toEqual(['good']);
    expect(refused.sort()).toEqual(Object.keys(poison).sort());
    await put(driver, 'half');
    const ids = async () => (await registry.getInstances('users')).map(({ id }) => id);
    await expect.poll(ids).toEqual(['good', 'half']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('are prolonged by two small commands a beat, which nobody is told of', async () => {
    const [driver, reader] = [await open(), await open()];
    await put(driver, 'a', { metadata: { note: 'x'.repeat(5_000) } });
    const events = await follow(reader, 'users');
    const received = async () => Number(/total_net_input_bytes:(\d+)/.exec(await server.run(['info', 'stats']))?.[1]);
    const [before, ends] = [await received(), await lines('zscore', 'weft:leases:{users}', 'a')];
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let beat = 0; beat < 10; beat++) await put(driver, 'a', { metadata: { note: 'x'.repeat(5_000) } });
    const beatBytes = ((await received()) - before) / 10;
    expect(beatBytes).toBeLessThan(450);
    expect(Number(await lines('zscore', 'weft:leases:{users}', 'a'))).toBeGreaterThan(Number(ends));
    expect(events).toHaveLength(1);
  });

  it('are put in full again when the server lost them, or they were changed by somebody else', async () => {
    const [driver, reader] = [await open(), await open()];
    await put(driver, 'a');
    const events = await follow(reader, 'users');
    await server.run(['flushall']);
    await put(driver, 'a');
    await expect.poll(() => events.at(-1)).toMatchObject({ list: [{ id: 'a', host: '127.0.0.1' }] });
    await server.run(['hset', 'weft:services:{users}', 'a', '{"host":"10.0.0.1","incarnation":"0"}']);
    await put(driver, 'a');
    await expect.poll(() => events.at(-1)).toMatchObject({ put: { id: 'a', host: '127.0.0.1' } });
    expect(await lines('smembers', 'weft:names')).toEqual(['users']);
  });

  it('expire on the server, for watchers of one service and of all within the TTL and a quarter of a second', async () => {
    const [driver, reader] = [await open(), await open()];
    const [one, all] = [await follow(reader, 'users'), await follow(reader)];
    for (const id of ['a', 'b']) await put(driver, id, {}, id === 'a' ? 1_000 : TTL_MS);
    const putAt = performance.now();
    const removed = { removed: { name: 'users', id: 'a' } };
    await expect.poll(() => [one.at(-1), all.at(-1)], { timeout: 3_000, interval: 10 }).toEqual([removed, removed]);
    expect(performance.now() - putAt).toBeLessThan(2_000);
    expect(await lines('hkeys', 'weft:services:{users}')).toEqual(['b']);
  });

  it('of two prefixes, and of two databases, do not see each other', async () => {
    const [plain, prefixed, second] = [await open(), await open({ prefix: 'te*t' }), await open({ db: 1 })];
    const watches = [await follow(plain), await follow(prefixed), await follow(second)];
    await put(prefixed, 'p');
    await put(second, 's');
    await expect.poll(() => watches.map((events) => events.length)).toEqual([1, 2, 2]);
    expect(await plain.list(undefined, { signal })).toEqual([]);
    expect((await prefixed.list(undefined, { signal })).map(({ id }) => id)).toEqual(['p']);
  });

  it('leave no name behind for long when a service has gone', async () => {
    const driver = await open();
    await put(driver, 'a');
    await driver.remove({ name: 'users', id: 'a' }, { signal });
    expect(await driver.list(undefined, { signal })).toEqual([]);
    expect(await lines('keys', '*')).toEqual(['weft:version:{users}']);
    const [leftMs = ''] = await lines('pttl', 'weft:version:{users}');
    expect(Number(leftMs)).toBeGreaterThan(0);
  });
});
