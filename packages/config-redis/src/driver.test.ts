import { inspect } from 'node:util';
import { ConfigClient } from '@weft/config';
import { type ConfigDriver, type DriverHost, noopLogger, systemClock } from '@weft/core';
import { describeOn, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import driver, { openRedisConfig, type RedisConfigOptions } from './index.js';

const { signal } = new AbortController();
const endings: (() => Promise<unknown>)[] = [];
const host: DriverHost = {
  clock: systemClock,
  folder: '.',
  logger: noopLogger,
  signal,
  timeoutMs: 300,
  get: () => expect.fail('it needs nothing'),
};

describe('the driver', () => {
  it('fills the slot config under the name redis and refuses what is no option', async () => {
    expect([driver.contract, driver.slot, driver.name]).toEqual([1, 'config', 'redis']);
    const check = (options: unknown) => driver.options['~standard'].validate(options);
    const options = { address: ['a:1', 'b:2'], username: 'u', password: 'p', db: 1, tls: true, cluster: false };
    expect(await check(options)).toEqual({ value: options });
    for (const wrong of [
      { adress: 'a' },
      { db: 0.5 },
      { tls: { caFile: 'x' } },
      { address: [] },
      { address: 'a b' },
      { prefix: 'config' },
    ])
      expect(await check(wrong), JSON.stringify(wrong)).toHaveProperty('issues');
  });
});

describeOn('redis', describe)('config-redis', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
    await server.run(['flushall']);
  });

  const open = async (options: RedisConfigOptions = {}): Promise<ConfigDriver> => {
    const opened = await openRedisConfig({ address: server.address, ...options });
    endings.push(() => opened.close());
    return opened;
  };
  const client = async (options: RedisConfigOptions = {}) => {
    const config = new ConfigClient(await open(options));
    endings.unshift(() => config.close());
    return config;
  };

  it('keeps values as plain keys that redis-cli reads and writes', async () => {
    const config = await client();
    await config.set('database', { host: 'a' });
    expect(JSON.parse(await server.run(['get', 'config/database']))).toEqual({ host: 'a' });
    const watch = config.watch('database');
    expect((await watch.next()).value).toEqual({ host: 'a' });
    await server.run(['set', 'config/database', '{"host":"b"}']);
    expect((await watch.next()).value).toEqual({ host: 'b' });
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    await server.run(['acl', 'setuser', 'ada', 'on', '>sesame', '~*', '&*', '+@all']);
    const config = await open({ username: 'ada', password: 'sesame' });
    expect(JSON.stringify(config)).not.toContain('sesame');
    expect(inspect(config, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('keeps the last good value when something without sense is written, and takes the next good one', async () => {
    const config = await client();
    const rejected: string[] = [];
    config.on('rejected', ({ key }) => void rejected.push(key));
    await server.run(['set', 'config/limit.json', '5']);
    const watch = config.watch('limit');
    expect((await watch.next()).value).toBe(5);
    await server.run(['set', 'config/limit.json', '{"half": ']);
    await expect.poll(() => rejected).toEqual(['limit']);
    expect(await config.get('limit')).toBe(5);
    await server.run(['set', 'config/limit.json', '6']);
    expect((await watch.next()).value).toBe(6);
  });

  it('writes only over the revision that was expected, and of many writers at once lets one through', async () => {
    const config = await open();
    const set = (text: string, ifRevision: string | null) => config.set('config/a', text, { signal, ifRevision });
    await set('1', null);
    const revision = (await config.get('config/a', { signal }))?.revision ?? '';
    const conflict = { code: 'WEFT_CONFLICT' };
    await expect(set('2', null)).rejects.toMatchObject({ ...conflict, message: expect.stringContaining(revision) });
    for (const wrong of ['', revision.slice(0, 8), `${revision}0`, 'nonsense'])
      await expect(set('2', wrong), wrong).rejects.toMatchObject(conflict);
    expect((await config.get('config/a', { signal }))?.text).toBe('1');
    const race = await Promise.allSettled(['2', '3', '4', '5'].map((text) => set(text, revision)));
    expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    await server.run(['del', 'config/a']);
    await server.run(['hset', 'config/a', 'no', 'text']);
    await expect(set('2', revision)).rejects.toMatchObject(conflict);
  });

  it('keeps databases apart', async () => {
    const [config, other] = [await open(), await open({ db: 2 })];
    await other.set('config/a', '1', { signal });
    expect(await config.list('config', { signal })).toEqual([]);
    expect(await server.run(['-n', '2', 'get', 'config/a'])).toContain('1');
  });

  it('works for a user with no more rights than it needs, and says which one is missing', async () => {
    const rights = '~config/* &weft:* +get +scan +subscribe +unsubscribe +eval +evalsha +ping'.split(' ');
    await server.run(['acl', 'setuser', 'reader', 'on', '>one', ...rights]);
    await server.run(['acl', 'setuser', 'writer', 'on', '>one', ...rights, '+set', '+del', '+publish']);
    const config = await open({ username: 'reader', password: 'one' });
    await server.run(['set', 'config/a', '1']);
    const watch = config.watch('config', { signal })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ list: [{ key: 'config/a' }] });
    const refused = { code: 'WEFT_PERMISSION_DENIED', message: expect.stringContaining('writing "config/a"') };
    await expect(config.set('config/a', '2', { signal })).rejects.toMatchObject(refused);
    await expect(config.list('secret', { signal })).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
    const writer = await open({ username: 'writer', password: 'one' });
    await writer.set('config/b', '2', { signal, ifRevision: null });
    expect((await watch.next()).value).toMatchObject({ put: { key: 'config/b', text: '2' } });
    await writer.remove('config/b', { signal });
    expect((await watch.next()).value).toEqual({ removed: 'config/b' });
    await watch.return?.();
  });

  it('tells what changed while the network was cut or stalled, and gives up within the timeout', async () => {
    const proxy = await startFaultProxy(server);
    const config = await client({ address: proxy.address });
    const watch = config.watch('a', { default: 0 as unknown });
    expect((await watch.next()).value).toBe(0);
    for (const [at, fault] of (['cut', 'stall'] as const).entries()) {
      proxy[fault]();
      await server.run(['set', 'config/a', String(at + 1)]);
      const bounded = await driver.open({ address: proxy.address }, host);
      await expect(bounded.value.get('config/a', { signal })).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
      await bounded.value.close();
      // Long enough for the probe to give the connection up.
      await new Promise((resolve) => setTimeout(resolve, fault === 'stall' ? 4_500 : 300));
      proxy.heal();
      expect((await watch.next()).value).toBe(at + 1);
    }
    await proxy.close();
  });

  it('tells what is left after the server came back empty', async () => {
    const config = await client();
    await config.set('a', 1);
    const watch = config.watch('a', { default: 0 });
    expect((await watch.next()).value).toBe(1);
    await server.restart({ empty: true });
    expect((await watch.next()).value).toBe(0);
    await expect.poll(() => server.run(['set', 'config/a', '2'])).toContain('OK');
    expect((await watch.next()).value).toBe(2);
  });
});
