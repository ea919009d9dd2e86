import { inspect } from 'node:util';
import { ConfigClient } from '@weft/config';
import { virtualClock } from '@weft/conformance';
import { type ConfigDriver, type ConfigEvent, noopLogger } from '@weft/core';
import { findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import driver, { type EtcdConfigOptions, etcdConfigOptions, openEtcdConfig } from './index.js';

const found = findServer('etcd');
const reason = 'missing' in found ? found.missing : found.version;
const options = { signal: new AbortController().signal };

describe('the options of the etcd config center', () => {
  it('are the words that other tools of etcd use, and no others', () => {
    const good = { endpoints: ['a:2379'], username: 'ada', password: 'x', tls: { ca: 'ca.pem' } };
    expect(etcdConfigOptions.safeParse(good).success).toBe(true);
    for (const bad of [{ endpoint: 'a' }, { address: 1 }, { endpoints: 'x:99999' }, { tls: { pem: 'x' } }, { prefix: 'weft' }]) {
      expect(etcdConfigOptions.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });
});

describe.skipIf('missing' in found)(`the etcd config center (${reason})`, () => {
  let server: RunningServer;
  const opened: { close(): Promise<void> }[] = [];
  const open = async (given: EtcdConfigOptions = {}): Promise<ConfigDriver> => {
    const config = await openEtcdConfig({ address: server.address, timeout: '3s', ...given });
    opened.push(config);
    return config;
  };

  beforeAll(async () => {
    server = await startServer('etcd');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((config) => config.close()));
    await server.run(['--user', 'root:pw', 'del', '--prefix', '']);
  });
  afterAll(() => server.stop());

  it('shares its keys with etcdctl, exactly as they are', async () => {
    const config = await open();
    await config.set('config/database', '{"host":"a"}', options);
    expect(await server.run(['get', 'config/database', '--print-value-only'])).toBe('{"host":"a"}\n');
    const client = new ConfigClient(await open());
    opened.push(client);
    const values = client.watch('cache')[Symbol.asyncIterator]();
    const first = values.next();
    await server.run(['put', 'config/cache', '{"size":1}']);
    await vi.waitFor(async () => expect(await client.get('cache')).toEqual({ size: 1 }), { timeout: 10_000 });
    let value = (await first).value;
    while (value === undefined) value = (await values.next()).value;
    expect(value).toEqual({ size: 1 });
    await values.return?.(undefined);
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    const config = await open({ username: 'ada', password: 'sesame' });
    await config.get('config/a', options);
    expect(JSON.stringify(config)).not.toContain('sesame');
    expect(inspect(config, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('writes only on the revision that is expected', async () => {
    const config = await open();
    const conflict = { code: 'WEFT_CONFLICT', message: expect.stringContaining('"config/a"') };
    await config.set('config/a', '1', { ...options, ifRevision: null });
    const first = await config.get('config/a', options);
    for (const ifRevision of [null, '1', 'never', '999999999999999999999']) {
      await expect(config.set('config/a', '2', { ...options, ifRevision }), `${ifRevision}`).rejects.toMatchObject(conflict);
    }
    await config.set('config/a', '2', { ...options, ifRevision: first?.revision ?? null });
    await expect(config.set('config/a', '3', { ...options, ifRevision: first?.revision ?? null })).rejects.toMatchObject(
      conflict,
    );
    expect((await config.get('config/a', options))?.text).toBe('2');
  });

  it('loses no increment of many that are made at once', async () => {
    const config = await open();
    const increment = async (): Promise<void> => {
      const held = await config.get('config/n', options);
      const write = { ...options, ifRevision: held?.revision ?? null };
      await config.set('config/n', String(Number(held?.text ?? 0) + 1), write).catch(increment);
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect((await config.get('config/n', options))?.text).toBe('8');
  });

  it('remembers the last 20 texts, as far as etcd does', async () => {
    const config = await open();
    for (let n = 1; n <= 25; n++) {
      await config.set('config/a', String(n), options);
      await config.set('config/b', 'beside', options);
    }
    const history = await config.history?.('config/a', options);
    expect(history?.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, at) => String(25 - at)));
    expect(await config.get('config/a', options)).toEqual(history?.[0]);
    await server.run(['compact', history?.[3]?.revision ?? '']);
    expect((await config.history?.('config/a', options))?.map(({ text }) => text)).toEqual(['25', '24', '23', '22']);
  });

  it('begins history anew with a key that was removed and set again', async () => {
    const config = await open();
    for (const text of ['1', '2']) await config.set('config/a', text, options);
    await config.remove('config/a', options);
    expect(await config.history?.('config/a', options)).toEqual([]);
    await config.set('config/a', '3', options);
    expect((await config.history?.('config/a', options))?.map(({ text }) => text)).toEqual(['3']);
  });

  it('refuses a key that etcd cannot hold', async () => {
    const config = await open();
    for (const key of ['', 'a\ud800']) {
      await expect(config.get(key, options)).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
      await expect(config.set(key, '1', options)).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    }
  });

  it('opens as a driver with what the host gives it', async () => {
    const surroundings = { clock: virtualClock(), folder: process.cwd(), timeoutMs: 1_000, logger: noopLogger, ...options };
    const get = () => {
      throw new Error('needs nothing');
    };
    const { value, stop } = await driver.open({ address: server.address }, { ...surroundings, get });
    await value.set('config/a', '1', options);
    await stop?.(options.signal);
    await expect(value.get('config/a', options)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('works with rights on the keys below a prefix only, and on one key only', async () => {
    for (const [user, permission] of [
      ['ada', ['--prefix=true', 'readwrite', 'config/']],
      ['bob', ['read', 'config/one']],
    ] as const) {
      await server.run(['role', 'add', user]);
      await server.run(['role', 'grant-permission', user, ...permission]);
      await server.run(['user', 'add', `${user}:pw`]);
      await server.run(['user', 'grant-role', user, user]);
    }
    await server.run(['user', 'add', 'root:pw']);
    await server.run(['user', 'grant-role', 'root', 'root']);
    await server.run(['put', 'config/one', '1']);
    await server.run(['auth', 'enable']);
    const [ada, bob] = [await open({ username: 'ada', password: 'pw' }), await open({ username: 'bob', password: 'pw' })];
    const seen = (driver: ConfigDriver, prefix: string) =>
      driver.list(prefix, options).then((list) => list.map(({ key }) => key));
    expect(await seen(ada, 'config')).toEqual(['config/one']);
    expect(await seen(bob, 'config/one')).toEqual(['config/one']);
    for (const prefix of ['other', 'conf', '']) {
      await expect(seen(ada, prefix), prefix).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
    }
    const watch = ada.watch('config', options)[Symbol.asyncIterator]();
    expect(await watch.next()).toMatchObject({ value: { list: [{ key: 'config/one' }] } });
    await ada.set('config/two', '2', options);
    const { value }: { value?: ConfigEvent } = await watch.next();
    expect(value).toMatchObject({ put: { key: 'config/two' } });
    await watch.return?.();
    await expect(bob.watch('config', options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'WEFT_PERMISSION_DENIED',
    });
    await expect(bob.set('config/one', '2', options)).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
  });
});
