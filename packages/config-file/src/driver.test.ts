import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConfigClient } from '@weft/config';
import { type ConfigDriver, type ConfigEvent, type Driver, noopLogger, systemClock } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import file, { openFileConfig } from './driver.js';

const { signal } = new AbortController();

let folder = '';
const opened: ConfigDriver[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-config-file-'));
});

afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close();
  await rm(folder, { recursive: true, force: true });
});

describe('openFileConfig', () => {
  it('writes JSON under a key without suffix as .json, and keeps a suffix that is there', async () => {
    const driver = open();
    await driver.set('config/a', '{"n":1}', { signal });
    await driver.set('config/b.yaml', 'n: 1', { signal });
    await driver.set('config/b', '{"n":2}', { signal });
    await driver.set('config/c', 'no JSON', { signal });
    expect((await readdir(join(folder, 'config'))).sort()).toEqual(['a.json', 'b.yaml', 'c']);
    expect(await readFile(join(folder, 'config/b.yaml'), 'utf8')).toBe('{"n":2}');
  });

  it('makes folders and files that only their owner can read', async () => {
    const driver = openFileConfig({ path: join(folder, 'new') });
    opened.push(driver);
    await driver.set('config/a', '1', { signal });
    const modeOf = async (path: string) => (await stat(join(folder, path))).mode & 0o777;
    expect([await modeOf('new'), await modeOf('new/config'), await modeOf('new/config/a.json')]).toEqual([0o700, 0o700, 0o600]);
  });

  it('makes nothing before something is set', async () => {
    const driver = openFileConfig({ path: join(folder, 'new') });
    opened.push(driver);
    expect(await driver.list('config', { signal })).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['../x', 'config/../../x', '/etc/passwd', 'config//a', 'config/.hidden', '..', '', 'a\\b', 'a\0', 'config/a~'])(
    'refuses the key %j',
    async (key) => {
      const driver = open();
      const refused = { code: 'WEFT_INVALID_ARGUMENT' };
      await expect(driver.get(key, { signal })).rejects.toMatchObject(refused);
      await expect(driver.set(key, '1', { signal })).rejects.toMatchObject(refused);
      await expect(driver.remove(key, { signal })).rejects.toMatchObject(refused);
    },
  );

  it('does not follow links out of the folder, and follows those within', async () => {
    const driver = openFileConfig({ path: join(folder, 'base') });
    opened.push(driver);
    await driver.set('config/a.json', '1', { signal });
    await writeFile(join(folder, 'secret.json'), '2');
    await symlink(join(folder, 'secret.json'), join(folder, 'base/config/out.json'));
    await symlink(folder, join(folder, 'base/config/up'));
    await symlink('a.json', join(folder, 'base/config/in.json'));
    await symlink('nowhere', join(folder, 'base/config/dangling.json'));
    expect((await driver.list('config', { signal })).map(({ key }) => key).sort()).toEqual(['config/a.json', 'config/in.json']);
    expect(await driver.list('config/up', { signal })).toEqual([]);
    expect(await driver.get('config/out.json', { signal })).toBeUndefined();
    expect(await driver.get('config/up/secret.json', { signal })).toBeUndefined();
    await expect(driver.set('config/up/new.json', '3', { signal })).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(await readdir(folder)).not.toContain('new.json');
  });

  it('does not see temporary files of editors', async () => {
    const driver = open();
    await mkdir(join(folder, 'config'));
    for (const name of ['.a.json.swp', 'a.json~', 'a.json.tmp', '#a.json#', '.#a.json', '4913']) {
      await writeFile(join(folder, 'config', name), '1');
    }
    expect(await driver.list('config', { signal })).toEqual([]);
  });

  it('does not tell of a file that is moved away and back, nor of one that is half written', async () => {
    const path = join(folder, 'config/a.json');
    await open().set('config/a.json', '1', { signal });
    const { events, end } = watched(open(), 'config');
    await eventually(() => expect(events).toHaveLength(1));
    renameSync(path, `${path}~`);
    await nextTurn();
    writeFileSync(path, '');
    await nextTurn();
    writeFileSync(path, '[0,1,');
    await nextTurn();
    writeFileSync(path, '2]', { flag: 'a' });
    await eventually(() => expect(events.at(-1)).toMatchObject({ put: { text: '[0,1,2]' } }));
    await end();
    expect(events).toHaveLength(2);
  });

  it('refuses options that it does not know', () => {
    const options = { path: folder, folder: 'x' };
    expect(() => openFileConfig(options)).toThrow(/config: .*folder/);
  });

  it('shows a ConfigClient what is edited by hand, in folders made later too', async () => {
    const config = new ConfigClient(open());
    const rejected: string[] = [];
    config.on('rejected', ({ key }) => rejected.push(key));
    const watch = config.watch('shop/database', { default: 'none' as unknown });
    expect((await watch.next()).value).toBe('none');
    await mkdir(join(folder, 'config/shop'), { recursive: true });
    await writeFile(join(folder, 'config/shop/database.yaml'), 'host: a');
    expect((await watch.next()).value).toEqual({ host: 'a' });
    await writeFile(join(folder, 'config/shop/database.yaml'), 'host: "');
    await eventually(() => expect(rejected).toEqual(['shop/database']));
    expect(await config.get('shop/database')).toEqual({ host: 'a' });
    await rm(join(folder, 'config/shop/database.yaml'));
    expect((await watch.next()).value).toBe('none');
    await config.close();
  });

  it('is what the package exports for a host', async () => {
    const driver: Driver = file as Driver;
    const host = { clock: systemClock, folder: '.', logger: noopLogger, signal, get: () => expect.fail('it needs nothing') };
    const { value, stop } = await file.open({ path: folder }, host);
    expect([driver.contract, driver.slot, driver.name, await value.list('', { signal })]).toEqual([1, 'config', 'file', []]);
    await stop?.(signal);
  });
});

function open(): ConfigDriver {
  const driver = openFileConfig({ path: folder });
  opened.push(driver);
  return driver;
}

function watched(driver: ConfigDriver, prefix: string) {
  const control = new AbortController();
  const events: ConfigEvent[] = [];
  const ended = (async () => {
    for await (const event of driver.watch(prefix, { signal: control.signal })) events.push(event);
  })();
  const end = () => {
    control.abort();
    return ended;
  };
  return { events, ended, end };
}

async function eventually(check: () => void): Promise<void> {
  await expect.poll(() => attempt(check), { interval: 10 }).toBeUndefined();
}

function attempt(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
