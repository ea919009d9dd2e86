import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeRegistry, instanceRecord, settle, virtualClock } from '@weft/conformance';
import { memoryMetrics, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type RegistryOptions, superviseDriver } from './index.js';

const opened: Registry[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

const at = (id: string, host: string, incarnation = '1') => instanceRecord(id, { host, incarnation });

function open(records: readonly ServiceInstance[], options: RegistryOptions) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  for (const record of records) driver.records.set(record.id, record);
  const metrics = memoryMetrics();
  const registry = new Registry(driver, { clock, metrics, ...options });
  opened.push(registry);
  const told: string[] = [];
  registry.on('record.refused', ({ id, reason }) => told.push(`${id} ${reason}`));
  return { clock, driver, metrics, registry, told };
}

const hostsOf = async (registry: Registry) => (await registry.getInstances('users')).map(({ host }) => host);
const inOurNetwork = { allowedAddresses: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7', 'users.internal'] };

/** What a record may say to turn callers against somebody else. */
const HOSTILE = [
  '169.254.169.254',
  '127.0.0.1',
  '::1',
  '0.0.0.0',
  '11.0.0.1',
  '192.0.2.8',
  '::ffff:169.254.169.254',
  '::ffff:7f00:1',
  'fe80::1%eth0',
  'localhost',
  'metadata.google.internal',
  'evil.users.internal',
  '127.1',
  '2130706433',
  '0x7f000001',
  '010.0.0.1',
];

describe('addresses that are allowed (R85)', () => {
  it.each(['10.1.2.3', 'fd12::7', '192.0.2.7', '::ffff:10.1.2.3', 'users.internal', 'Users.Internal'])(
    'let an instance at %s be called',
    async (host) => {
      const { registry, told } = open([at('a', host)], inOurNetwork);
      expect(await hostsOf(registry)).toEqual([host]);
      expect(told).toEqual([]);
    },
  );

  it.each(HOSTILE)('have a record at %s refused, told and counted once, and the others work', async (host) => {
    const { registry, metrics, told, clock } = open([at('a', '10.1.2.3'), at('b', host)], inOurNetwork);
    expect(await hostsOf(registry)).toEqual(['10.1.2.3']);
    expect((await registry.listServices()).map(({ id }) => id)).toEqual(['a']);
    await clock.advance(120_000);
    expect(told).toEqual([`b host: "${host}" is not in allowedAddresses`]);
    expect(metrics.read('registry.records.refused', { service: 'users' })).toBe(1);
  });

  it('keep an instance where it was when its record moves to where none may be', async () => {
    const { registry, driver, told } = open([at('a', '10.1.2.3')], inOurNetwork);
    expect(await hostsOf(registry)).toEqual(['10.1.2.3']);
    await settle();
    driver.emit({ put: at('a', '169.254.169.254', '2') }, 'users');
    driver.emit({ list: [at('a', '169.254.169.254', '2')] }, 'users');
    await settle();
    expect(await hostsOf(registry)).toEqual(['10.1.2.3']);
    expect(told).toHaveLength(1);
  });

  it('hold for what an earlier process has kept, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-allowed-'));
    const snapshotFile = join(folder, 'snapshot.json');
    const instances = [at('a', '10.1.2.3'), at('b', '169.254.169.254')];
    await writeFile(snapshotFile, JSON.stringify({ version: 1, instances }));
    const { registry, driver, told } = open([], { ...inOurNetwork, snapshotFile });
    driver.failure = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
    expect(await hostsOf(registry)).toEqual(['10.1.2.3']);
    expect(told).toHaveLength(1);
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('hold for a supervised driver, too', async () => {
    const driver = new FakeRegistry(virtualClock());
    for (const record of [at('a', '10.1.2.3'), at('b', '127.0.0.1')]) driver.records.set(record.id, record);
    const supervised = superviseDriver(driver, inOurNetwork);
    const list = await supervised.list('users', { signal: new AbortController().signal });
    expect(list.map(({ id }) => id)).toEqual(['a']);
    await supervised.close();
  });

  it('are all addresses unless a list is given', async () => {
    const { registry } = open([at('a', '169.254.169.254')], {});
    expect(await hostsOf(registry)).toEqual(['169.254.169.254']);
  });

  it.each([
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    '10.0.0.*',
    'a/8',
    'a b',
    '',
    '0x7f',
  ])('cannot be %j', (entry) => {
    expect(() => open([], { allowedAddresses: ['127.0.0.1', entry] })).toThrow(
      expect.objectContaining({
        code: 'WEFT_CONFIG_INVALID',
        problems: [expect.objectContaining({ path: 'registry.allowedAddresses[1]' })],
      }),
    );
  });

  it('cannot be an empty list', () => {
    expect(() => open([], { allowedAddresses: [] })).toThrow('registry.allowedAddresses: expected a list of at least one');
  });
});
