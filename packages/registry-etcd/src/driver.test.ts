import { inspect } from 'node:util';
import { instanceRecord, virtualClock } from '@weft/conformance';
import { noopLogger, type RegistryDriver, type RegistryEvent, type ServiceInstance, sleep, systemClock } from '@weft/core';
import { Registry } from '@weft/registry';
import { findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import driver, { type EtcdRegistryOptions, etcdRegistryOptions, openEtcdRegistry } from './index.js';

const found = findServer('etcd');
const reason = 'missing' in found ? found.missing : found.version;
const { signal } = new AbortController();
const TTL_MS = 60_000;

describe('the options of the etcd registry', () => {
  const issues = (given: unknown) => {
    const result = etcdRegistryOptions.safeParse(given);
    return result.success ? [] : result.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`);
  };

  it('are the words that other tools of etcd use', () => {
    const given: EtcdRegistryOptions = {
      endpoints: ['a:2379', 'b:2379'],
      username: 'ada',
      password: '',
      prefix: 'weft',
      tls: { ca: 'ca.pem', cert: 'c.pem', key: 'c.key', serverName: 'etcd' },
    };
    expect(issues(given)).toEqual([]);
    expect(issues({ address: 'a:2379,b:2379' })).toEqual([]);
  });

  it('are refused when unknown or of the wrong type', () => {
    for (const given of [
      { adress: 'a' },
      { address: 1 },
      { endpoints: 'x:99999' },
      { tls: 'yes' },
      { tls: { cafile: 'x' } },
      { prefix: '' },
    ]) {
      expect(issues(given), JSON.stringify(given)).toHaveLength(1);
    }
  });
});

describe.skipIf('missing' in found)(`the etcd registry (${reason})`, () => {
  let server: RunningServer;
  const opened: { close(): Promise<void> }[] = [];
  const open = async (options: EtcdRegistryOptions = {}): Promise<RegistryDriver> => {
    const registry = await openEtcdRegistry({ address: server.address, timeout: '3s', ...options });
    opened.push(registry);
    return registry;
  };
  const put = (registry: RegistryDriver, record: ServiceInstance, ttlMs = TTL_MS) => registry.put(record, { ttlMs, signal });
  const ids = async (registry: RegistryDriver) => (await registry.list('users', { signal })).map(({ id }) => id).sort();
  const revision = async () => JSON.parse(await server.run(['get', 'none', '-w', 'json'])).header.revision;

  beforeAll(async () => {
    server = await startServer('etcd', { data: 'disk' });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((registry) => registry.close()));
    await server.run(['del', '--prefix', '']);
  });
  afterAll(() => server.stop());

  it('keeps a record as JSON under <prefix>/services/<service>/<id>, for etcdctl and for people', async () => {
    const record = instanceRecord('a/b c', { name: 'shop/users', metadata: { region: 'eu' } });
    await put(await open(), record);
    await put(await open({ prefix: 'other/' }), instanceRecord('users-1'));
    expect((await server.run(['get', '--prefix', '', '--keys-only'])).split('\n').filter(Boolean)).toEqual([
      'other/services/users/users-1',
      'weft/services/shop%2Fusers/a%2Fb%20c',
    ]);
    const shown = await server.run(['get', '--prefix', 'weft/services/', '--print-value-only']);
    expect(JSON.parse(shown)).toEqual(record);
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    const registry = await open({ username: 'ada', password: 'sesame' });
    await put(registry, instanceRecord('users-1'));
    expect(JSON.stringify(registry)).not.toContain('sesame');
    expect(inspect(registry, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('changes nothing in etcd by a beat', async () => {
    const registry = await open();
    await put(registry, instanceRecord('users-1'));
    const before = await revision();
    for (let beat = 0; beat < 5; beat++) expect(await put(registry, instanceRecord('users-1'))).toMatchObject({ ttlMs: TTL_MS });
    expect(await revision()).toBe(before);
  });

  it('brings its record back with the next beat, whoever took it away', async () => {
    const registry = await open();
    const record = instanceRecord('users-1');
    await put(registry, record);
    const lossOf: readonly (() => Promise<unknown>)[] = [
      () => server.run(['del', 'weft/services/users/users-1']),
      () => server.run(['put', 'weft/services/users/users-1', 'scribble']),
      async () => {
        const [lease = ''] = (await server.run(['lease', 'list'])).split('\n').slice(1);
        await server.run(['lease', 'revoke', lease]);
      },
    ];
    for (const lose of lossOf) {
      await lose();
      await put(registry, record);
      expect(await registry.list('users', { signal })).toEqual([record]);
    }
  });

  it('leaves no lease behind when a record is removed, nor when it changes', async () => {
    const registry = await open();
    const leases = async () => (await server.run(['lease', 'list'])).split('\n').slice(1).filter(Boolean).length;
    const before = await leases();
    for (const version of ['1', '2', '3']) await put(registry, instanceRecord('users-1', { version }));
    expect(await leases()).toBe(before + 1);
    await registry.remove({ name: 'users', id: 'users-1', incarnation: '1' }, { signal });
    expect(await leases()).toBe(before);
  });

  it('gives an id to the greatest incarnation, however many claim it at once', async () => {
    const registries = await Promise.all([open(), open(), open()]);
    const claims = Array.from({ length: 12 }, (_, at) =>
      instanceRecord('users-1', { incarnation: `0${String.fromCharCode(97 + at)}` }),
    );
    const outcomes = await Promise.allSettled(claims.map((claim, at) => put(registries[at % 3] as RegistryDriver, claim)));
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.code);
    expect(new Set(lost).size).toBeLessThanOrEqual(1);
    expect(lost.every((code) => code === 'WEFT_CONFLICT')).toBe(true);
    expect((await registries[0]?.list('users', { signal }))?.map(({ incarnation }) => incarnation)).toEqual(['0l']);
  });

  it('gives an id to the greater incarnation also when one driver puts both', async () => {
    const registry = await open();
    await put(registry, instanceRecord('users-1', { incarnation: '9' }));
    await expect(put(registry, instanceRecord('users-1', { incarnation: '10' }))).rejects.toMatchObject({
      code: 'WEFT_CONFLICT',
    });
    const before = await revision();
    await put(registry, instanceRecord('users-1', { incarnation: '9' }));
    expect(await revision()).toBe(before);
  });

  it('tells of a leave as draining first, and then as gone', async () => {
    const [writer, reader] = [await open(), await open()];
    const watch = reader.watch('users', { signal })[Symbol.asyncIterator]();
    await watch.next();
    await put(writer, instanceRecord('users-1'));
    await put(writer, instanceRecord('users-1', { status: 'draining' }));
    await writer.remove({ name: 'users', id: 'users-1', incarnation: '1' }, { signal });
    const told: (RegistryEvent | undefined)[] = [];
    while (told.length < 3) told.push((await watch.next()).value);
    expect(told).toMatchObject([
      { put: { status: 'up' } },
      { put: { status: 'draining' } },
      { removed: { name: 'users', id: 'users-1' } },
    ]);
    await watch.return?.();
  });

  it('passes on what it cannot read as a record that is refused, beside all good ones', async () => {
    const registry = new Registry(await open());
    opened.push(registry);
    const refused: unknown[] = [];
    registry.on('record.refused', (event) => refused.push(event));
    await put(await open(), instanceRecord('good'));
    for (const [id, text] of Object.entries({
      bad1: 'no json',
      bad2: '{"name":"other"}',
      bad3: '[]',
      bad4: '{"id":"bad4","name":"users"}',
    })) {
      await server.run(['put', `weft/services/users/${id}`, text]);
    }
    await server.run(['put', 'weft/services/users/not/a/record', 'x']);
    await vi.waitFor(async () => expect((await registry.getServices('users')).map(({ id }) => id)).toEqual(['good']), {
      timeout: 10_000,
    });
    await vi.waitFor(() => expect(refused.length).toBe(4), { timeout: 10_000 });
  });

  it('holds no TTL below 2 s, and says so', async () => {
    const registry = await open();
    expect(() => new Registry(registry, { ttl: '500ms' })).toThrow(/registry\.ttl: 500ms .* the smallest is 2000ms/);
    expect(await put(registry, instanceRecord('users-1'), 500)).toMatchObject({ ttlMs: 2_000 });
  });

  it('is back within seconds when the server is started again empty, and not only with the next beat', async () => {
    const registry = new Registry(await open(), { ttl: '60s' });
    opened.push(registry);
    await registry.register({ id: 'users-1', name: 'users', host: '127.0.0.1', port: 1 });
    await server.restart({ empty: true });
    const reader = await open();
    await vi.waitFor(async () => expect(await ids(reader)).toEqual(['users-1']), { timeout: 10_000, interval: 100 });
  });

  it('is back by itself after the server was frozen for longer than the TTL', async () => {
    const registry = new Registry(await open(), { ttl: '3s', timeout: '1s' });
    const reader = await open();
    opened.push(registry);
    await registry.register({ id: 'users-1', name: 'users', host: '127.0.0.1', port: 1 });
    await server.pause();
    try {
      await sleep(4_500, systemClock);
    } finally {
      server.resume();
    }
    await vi.waitFor(async () => expect(await ids(reader)).toEqual(['users-1']), { timeout: 20_000, interval: 100 });
  });

  it('opens as a driver with what the host gives it', async () => {
    const surroundings = { clock: virtualClock(), folder: process.cwd(), timeoutMs: 1_000, logger: noopLogger, signal };
    const get = () => {
      throw new Error('needs nothing');
    };
    const { value, stop } = await driver.open({ endpoints: [server.address] }, { ...surroundings, get });
    await put(value, instanceRecord('users-1'));
    expect(await ids(value)).toEqual(['users-1']);
    await stop?.(signal);
    await expect(ids(value)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
