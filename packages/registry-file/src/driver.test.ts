import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { instanceRecord, virtualClock } from '@weft/conformance';
import type { Clock, RegistryDriver } from '@weft/core';
import { Registry } from '@weft/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import driver, { openFileRegistry } from './index.js';

let path = '';
const opened: RegistryDriver[] = [];
const signal = new AbortController().signal;
const users = () => join(path, 'registry', 'users');

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'weft-file-registry-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  rmSync(path, { recursive: true, force: true });
});

async function open(clock?: Clock): Promise<RegistryDriver> {
  const registry = await openFileRegistry({ path }, clock);
  opened.push(registry);
  return registry;
}

const ids = async (registry: RegistryDriver, name: string | undefined = 'users') =>
  (await registry.list(name, { signal })).map(({ id }) => id).sort();
const put = (registry: RegistryDriver, id: string, ttlMs = 60_000) => registry.put(instanceRecord(id), { ttlMs, signal });
const unavailable = { code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'refused' };

describe('the file registry', () => {
  it('keeps one file per instance, in folders that only their owner may enter', async () => {
    await put(await open(), 'users-1');
    expect(readdirSync(users())).toEqual(['users-1.json']);
    for (const folder of [join(path, 'registry'), users()]) expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(users(), 'users-1.json')).mode & 0o777).toBe(0o600);
  });

  it('touches the file at a beat and writes it only when something changed', async () => {
    const registry = await open();
    await put(registry, 'a');
    const before = statSync(join(users(), 'a.json'));
    await vi.waitFor(async () => {
      await put(registry, 'a');
      expect(statSync(join(users(), 'a.json')).mtimeMs).toBeGreaterThan(before.mtimeMs);
    }, 10_000);
    expect(statSync(join(users(), 'a.json')).ino).toBe(before.ino);
    await registry.put(instanceRecord('a', { weight: 2 }), { ttlMs: 60_000, signal });
    expect((await registry.list('users', { signal }))[0]?.weight).toBe(2);
  });

  it('stays inside its folder, whatever a name or an id is', async () => {
    const registry = await open();
    for (const evil of ['../../evil', '..', '/etc/evil', 'a/../../b', '%2e%2e%2f', '.', '\u0000', 'x'.repeat(5_000)]) {
      await registry.put(instanceRecord(evil, { name: evil }), { ttlMs: 60_000, signal });
      expect(await ids(registry, evil)).toHaveLength(1);
    }
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const depths = files.map((file) => relative(path, join(file.parentPath, file.name)).split('/').length);
    expect(depths).toEqual(Array(8).fill(3));
    expect(readdirSync(tmpdir())).not.toContain('evil.json');
  });

  it('expires a record on the clock of the reader, counted from when it last saw the file change', async () => {
    const clock = virtualClock();
    const [writer, reader] = [await open(), await open(clock)];
    await put(writer, 'a', 15_000);
    expect(await ids(reader)).toEqual(['a']);
    await clock.advance(15_000);
    expect(await ids(reader)).toEqual(['a']);
    await clock.advance(1);
    expect(await ids(reader)).toEqual([]);
    expect(existsSync(join(users(), 'a.json'))).toBe(false);
    await put(writer, 'a', 15_000);
    expect(await ids(reader)).toEqual(['a']);
  });

  it('does not look at the clock of the machine (R63)', async () => {
    const [writer, reader] = [await open(), await open()];
    const now = Date.now();
    const jumping = vi.spyOn(Date, 'now').mockReturnValue(now + 3_600_000);
    await put(writer, 'a');
    jumping.mockReturnValue(now - 3_600_000);
    expect(await ids(reader)).toEqual(['a']);
    await put(writer, 'a');
    expect(await ids(reader)).toEqual(['a']);
    jumping.mockRestore();
  });

  it('drops the record of a process that has ended at once, and of a later process with its number', async () => {
    const registry = await open();
    await put(registry, 'a');
    await put(registry, 'b');
    const file = join(users(), 'a.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, pid: 4_194_304 }));
    expect(await ids(registry)).toEqual(['b']);
    if (record.startedAt === undefined) return;
    writeFileSync(file, JSON.stringify({ ...record, startedAt: '1' }));
    expect(await ids(registry)).toEqual(['b']);
    writeFileSync(file, JSON.stringify({ ...record, pid: 4_194_304, machine: 'another' }));
    expect(await ids(registry)).toEqual(['a', 'b']);
  });

  it('hands garbage on with its id, so that the registry refuses it, and lists the others', async () => {
    const [writer, reader] = [await open(), await open()];
    await put(writer, 'good');
    writeFileSync(join(users(), 'half.json'), '{"pid": 1, "insta');
    writeFileSync(join(users(), 'empty.json'), '');
    writeFileSync(join(users(), 'list.json'), '[]');
    writeFileSync(join(users(), 'huge.json'), 'x'.repeat(2_000_000));
    writeFileSync(join(users(), 'README.md'), 'not ours');
    mkdirSync(join(users(), 'folder.json'));
    const registry = new Registry(reader);
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => void refused.push(id));
    expect((await registry.getInstances('users')).map(({ id }) => id)).toEqual(['good']);
    expect(refused.sort()).toEqual(['empty', 'folder', 'half', 'huge', 'list']);
    await put(writer, 'half');
    expect((await ids(writer)).includes('half')).toBe(true);
    await registry.close();
  });

  it('lists garbage that nobody puts right for a minute no longer, and leaves the file alone', async () => {
    const clock = virtualClock();
    const registry = await open(clock);
    await put(registry, 'a');
    writeFileSync(join(users(), 'a.json'), '{"pid": 1, "insta');
    expect(await ids(registry)).toEqual(['a']);
    await clock.advance(61_000);
    expect(await ids(registry)).toEqual([]);
    expect(readdirSync(users())).toEqual(['a.json']);
    await put(registry, 'a');
    expect(await ids(registry)).toEqual(['a']);
  });

  it('is not stopped by a link to itself, nor by a file that has no end', async () => {
    const registry = await open();
    await put(registry, 'a');
    symlinkSync('loop.json', join(users(), 'loop.json'));
    symlinkSync('/dev/zero', join(users(), 'endless.json'));
    expect((await ids(registry)).filter((id) => id !== 'endless')).toEqual(['a']);
  });

  it('ignores files that are being written and removes those that were given up', async () => {
    const clock = virtualClock();
    const registry = await open(clock);
    await put(registry, 'a');
    writeFileSync(join(users(), '.1-x.tmp'), '{');
    expect(await ids(registry)).toEqual(['a']);
    await clock.advance(9_000);
    expect(await ids(registry)).toEqual(['a']);
    expect(readdirSync(users())).toContain('.1-x.tmp');
    await clock.advance(2_000);
    await ids(registry);
    expect(readdirSync(users())).toEqual(['a.json']);
  });
});

describe('a process that only registers', () => {
  it('clears away once what earlier processes left behind, though nobody ever reads', async () => {
    const writer = await open();
    await put(writer, 'dead');
    const dead = join(users(), 'dead.json');
    writeFileSync(dead, JSON.stringify({ ...JSON.parse(readFileSync(dead, 'utf8')), pid: 4_194_304 }));
    const anHourAgo = Date.now() / 1_000 - 3_700;
    for (const file of ['gone.left.tmp', '.1-x.tmp']) {
      writeFileSync(join(users(), file), '{');
      utimesSync(join(users(), file), anHourAgo, anHourAgo);
    }
    writeFileSync(join(users(), '.2-y.tmp'), '{');
    await put(await open(), 'a');
    expect(readdirSync(users()).sort()).toEqual(['.2-y.tmp', 'a.json']);
  });
});

describe('a watch of the file registry', () => {
  it('looks again as soon as its reader asks, however long the reader took', async () => {
    const clock = virtualClock();
    const [writer, reader] = [await open(), await open(clock)];
    const watch = reader.watch('users', { signal })[Symbol.asyncIterator]();
    await watch.next();
    await clock.advance(600_000);
    await put(writer, 'a');
    const next = watch.next();
    let isTold = false;
    void next.then(() => {
      isTold = true;
    });
    const startedAt = clock.now();
    while (!isTold) {
      await clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      expect(clock.now() - startedAt).toBeLessThan(1_000_000);
    }
    expect((await next).value).toMatchObject({ put: { id: 'a' } });
    await watch.return?.();
  });
});

describe('a folder that cannot be used', () => {
  it('is WEFT_REGISTRY_UNAVAILABLE while a plain file is in its place, and heals when it is back (R29)', async () => {
    const registry = await open();
    await put(registry, 'a');
    renameSync(path, `${path}.away`);
    writeFileSync(path, 'a plain file');
    await expect(put(registry, 'a')).rejects.toMatchObject(unavailable);
    await expect(ids(registry)).rejects.toMatchObject(unavailable);
    await expect(ids(registry, 'unknown')).rejects.toMatchObject(unavailable);
    await expect(registry.watch('users', { signal })[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
    rmSync(path);
    renameSync(`${path}.away`, path);
    expect(await ids(registry)).toEqual(['a']);
    await put(registry, 'a');
  });

  it('is no empty list when it was deleted; the next beat makes it anew', async () => {
    const [writer, reader] = [await open(), await open()];
    await put(writer, 'a');
    rmSync(path, { recursive: true });
    await expect(ids(reader)).rejects.toMatchObject(unavailable);
    await put(writer, 'a');
    expect(await ids(reader)).toEqual(['a']);
  });

  it('does not keep a driver from opening', async () => {
    writeFileSync(join(path, 'registry'), 'in the way');
    const registry = await open();
    await expect(put(registry, 'a')).rejects.toMatchObject(unavailable);
    rmSync(join(path, 'registry'));
    await put(registry, 'a');
    expect(await ids(registry)).toEqual(['a']);
  });

  it('leaves a registry with its last list, registered again and following again when it is back', async () => {
    const registry = new Registry(await open(), { ttl: '1s' });
    await registry.register({ name: 'users', id: 'a', port: 1 });
    const view = registry.view('users');
    await view.ready(5_000);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'a plain file');
    await vi.waitFor(() => expect(view.error?.code).toBe('WEFT_REGISTRY_UNAVAILABLE'), 20_000);
    expect(view.instances).toHaveLength(1);
    rmSync(path);
    await vi.waitFor(() => expect(readdirSync(users())).toEqual(['a.json']), 20_000);
    await vi.waitFor(() => expect(view.error).toBeUndefined(), 20_000);
    expect(view.instances).toHaveLength(1);
    await registry.close();
  });
});

describe('the driver', () => {
  it('fills the slot registry under the name file and refuses unknown options', async () => {
    expect([driver.contract, driver.slot, driver.name]).toEqual([1, 'registry', 'file']);
    expect(await driver.options['~standard'].validate({ path: './x' })).toEqual({ value: { path: './x' } });
    expect(await driver.options['~standard'].validate({ pth: './x' })).toHaveProperty('issues');
  });
});

describe('a registry of files', () => {
  it('does not find what it has deregistered, in 50 rounds', async () => {
    const registry = new Registry(await open());
    for (let round = 0; round < 50; round++) {
      const info = await registry.register({ name: 'users', port: 1 });
      if (round % 2 === 0) await registry.getService('users');
      await registry.deregister(info);
      const found = await registry.getInstances('users');
      expect(found, `round ${round}`).toEqual([]);
    }
    await registry.close();
  });
});

describe('a reader that could not look for longer than the TTL', () => {
  it('gives every record its whole time anew, for it cannot know what changed meanwhile (R29)', async () => {
    const clock = virtualClock();
    const writer = await open();
    const reader = await open(clock);
    await writer.put(instanceRecord('users-1'), { ttlMs: 3_000, signal });
    expect(await reader.list('users', { signal })).toHaveLength(1);
    const folder = join(path, 'registry');
    renameSync(folder, `${folder}.aside`);
    writeFileSync(folder, 'in the way');
    await expect(reader.list('users', { signal })).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await clock.advance(60_000);
    rmSync(folder);
    renameSync(`${folder}.aside`, folder);
    expect(await reader.list('users', { signal })).toHaveLength(1);
    await clock.advance(3_001);
    expect(await reader.list('users', { signal })).toEqual([]);
  });
});
