import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeRegistry, instanceRecord, seededRandom, settle, type VirtualClock, virtualClock } from '@weft/conformance';
import { type Logger, noopLogger, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Registry } from './index.js';

const down = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'connect refused', { failure: 'refused' });
const opened: Registry[] = [];
let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-snapshot-'));
  file = join(folder, 'state', 'registry.json');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open({ records = [] as readonly ServiceInstance[], failure = undefined as WeftError | undefined } = {}) {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  for (const record of records) driver.records.set(record.id, record);
  driver.failure = failure;
  const warned: string[] = [];
  const logger: Logger = { ...noopLogger, warn: (message) => void warned.push(message), child: () => logger };
  const registry = new Registry(driver, { clock, random: seededRandom(5), logger, snapshotFile: file });
  const told: string[] = [];
  registry.on('stale', ({ name }) => void told.push(`stale ${name}`));
  registry.on('recovered', ({ name }) => void told.push(`recovered ${name}`));
  opened.push(registry);
  return { clock, driver, registry, told, warned };
}

/** What an earlier process leaves behind. */
async function leaveBehind(records: readonly ServiceInstance[]): Promise<void> {
  const { registry } = open({ records });
  for (const name of new Set(records.map((record) => record.name))) registry.view(name);
  await settle();
  await registry.close();
}

async function written(clock: VirtualClock, ms: number): Promise<string> {
  await clock.advance(ms);
  return vi.waitFor(() => readFileSync(file, 'utf8'), { timeout: 10_000 });
}

const idsOf = (instances: readonly ServiceInstance[]) => instances.map(({ id }) => id).sort();
const users = [instanceRecord('u1'), instanceRecord('u2', { status: 'draining' })];
const orders = [instanceRecord('o1', { name: 'orders' })];

describe('a process that starts while the registry is down', () => {
  it('works from what the process before it knew, and tells that it is stale', async () => {
    await leaveBehind([...users, ...orders]);
    const { registry, clock, told } = open({ failure: down });
    const view = registry.view('users');
    expect([view.known, idsOf(view.instances), await view.ready(0)]).toEqual([true, ['u1', 'u2'], true]);
    expect(view.ageMs()).toBeGreaterThanOrEqual(10_000);
    expect((await registry.getService('orders')).id).toBe('o1');
    await clock.advance(100);
    expect(told.sort()).toEqual(['stale orders', 'stale users']);
    await clock.advance(3_600_000);
    expect(idsOf(view.instances)).toEqual(['u1', 'u2']);
    expect(view.error).toBe(down);
  });

  it('tells so when the registry does not answer at all', async () => {
    await leaveBehind(users);
    const { registry, driver, clock, told } = open();
    driver.isSilent = true;
    registry.view('users');
    await clock.advance(1_000);
    expect(told).toEqual(['stale users']);
  });

  it('believes the first list of the registry, whatever is missing in it', async () => {
    await leaveBehind([...users, ...orders]);
    const { registry, driver, clock, told } = open({ failure: down });
    const views = [registry.view('users'), registry.view('orders')];
    await clock.advance(60_000);
    driver.failure = undefined;
    driver.records.set('u3', instanceRecord('u3'));
    await clock.advance(2_000);
    expect(views.map(({ instances, suspects }) => [idsOf(instances), suspects.size])).toEqual([
      [['u3'], 0],
      [[], 0],
    ]);
    expect(told.filter((event) => event.startsWith('recovered'))).toHaveLength(2);
  });

  it('knows nothing of a service that had no instance', async () => {
    await leaveBehind(users);
    const { registry } = open({ failure: down });
    expect(registry.view('mails').known).toBe(false);
  });
});

describe('a process that starts while the registry is up', () => {
  it('is not stale', async () => {
    await leaveBehind(users);
    const { registry, clock, told } = open({ records: users });
    registry.view('users');
    await clock.advance(120_000);
    expect(told).toEqual([]);
  });
});

describe('the snapshot file', () => {
  it('is written a second after a change, in one step, for its owner alone', async () => {
    const { registry, clock, driver } = open({ records: users });
    registry.view('users');
    await clock.advance(900);
    expect(existsSync(file)).toBe(false);
    expect(JSON.parse(await written(clock, 200)).instances).toHaveLength(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'state'))).toEqual(['registry.json']);
    const before = statSync(file).ino;
    for (let at = 0; at < 100; at++) driver.emit({ put: instanceRecord('u1', { weight: at + 2 }) }, 'users');
    await clock.advance(900);
    expect(statSync(file).ino).toBe(before);
    await clock.advance(200);
    await vi.waitFor(() => expect(JSON.parse(readFileSync(file, 'utf8')).instances[0].weight).toBe(101), { timeout: 10_000 });
  });

  it('is not written while nothing changes', async () => {
    const { registry, clock } = open({ records: users });
    registry.view('users');
    await written(clock, 1_100);
    const before = statSync(file).ino;
    await clock.advance(600_000);
    await registry.close();
    expect(statSync(file).ino).toBe(before);
  });

  it('keeps the services that this process has not looked at yet, and forgets those without instances', async () => {
    await leaveBehind([...users, ...orders]);
    const { registry, clock } = open({ records: [instanceRecord('u3')] });
    registry.view('users');
    await clock.advance(100);
    await registry.close();
    const { instances } = JSON.parse(readFileSync(file, 'utf8'));
    expect(idsOf(instances)).toEqual(['o1', 'u3']);
  });

  it('is ignored with one warning when it is garbage, poisoned or no file, and put right by the next list', async () => {
    await leaveBehind(users);
    const good = JSON.parse(readFileSync(file, 'utf8'));
    const poisoned = { ...good, instances: [...good.instances, { ...good.instances[0], id: 'x', host: 'a/b@c' }] };
    const samples = ['', '{"version":1,"inst', '[]', 'null', '{"version":2,"instances":[]}', JSON.stringify(poisoned), '\u0000'];
    for (const text of [...samples, '{"version":1,"instances":[{"__proto__":{"polluted":1}}]}']) {
      writeFileSync(file, text);
      const { registry, clock, warned } = open({ failure: down });
      const views = [registry.view('users'), registry.view('orders')];
      await clock.advance(5);
      expect(views.map(({ known, instances }) => [known, instances.length])).toEqual([
        [false, 0],
        [false, 0],
      ]);
      expect(warned.filter((message) => message.includes('snapshot file'))).toHaveLength(1);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const { registry, clock } = open({ records: users });
    registry.view('users');
    await clock.advance(1_100);
    await registry.close();
    expect(JSON.parse(readFileSync(file, 'utf8')).instances).toHaveLength(2);
  });

  it('is no reason to fail when it cannot be written; that is told once', async () => {
    writeFileSync(join(folder, 'state'), 'in the way');
    const { registry, driver, clock, warned } = open({ records: users });
    const view = registry.view('users');
    for (let at = 0; at < 3; at++) {
      await clock.advance(1_100);
      driver.emit({ put: instanceRecord(`n${at}`) }, 'users');
    }
    await settle();
    await registry.close();
    expect(view.instances).toHaveLength(5);
    expect(warned.filter((message) => message.includes('cannot be written'))).toHaveLength(1);
  });
});
