import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConfigClient } from '@weft/config';
import { type ConfigDriver, type ConfigEvent, type Driver, noopLogger, systemClock } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import file, { openFileConfig } from './driver.js';

/** One sentence of what every config driver does; `open` gives another driver on the same backend. */
interface ConfigCase {
  readonly name: string;
  run(open: () => ConfigDriver): Promise<void>;
}

const { signal } = new AbortController();

const cases: readonly ConfigCase[] = [
  {
    name: 'has nothing under a key that was never set',
    async run(open) {
      const driver = open();
      expect(await driver.get('config/a.json', { signal })).toBeUndefined();
      expect(await driver.list('config', { signal })).toEqual([]);
      await driver.remove('config/a.json', { signal });
    },
  },
  {
    name: 'gives back a text unchanged, also in another driver',
    async run(open) {
      const texts = ['{"n":1}', '', ' spaces \n\n', 'ünïcode 🦊', 'x'.repeat(100_000)];
      for (const text of texts) {
        await open().set('config/shop/a.txt', text, { signal });
        expect(await open().get('config/shop/a.txt', { signal })).toMatchObject({ key: 'config/shop/a.txt', text });
      }
    },
  },
  {
    name: 'finds under a key without suffix what was set under it',
    async run(open) {
      const driver = open();
      for (const text of ['{"n":1}', 'plain', '{"n":2}']) {
        await driver.set('config/a', text, { signal });
        expect((await driver.get('config/a', { signal }))?.text).toBe(text);
      }
      await driver.remove('config/a', { signal });
      expect(await driver.get('config/a', { signal })).toBeUndefined();
    },
  },
  {
    name: 'lists what stands below a prefix, and not below a longer word',
    async run(open) {
      const driver = open();
      for (const key of ['config/a.json', 'config/shop/b.json', 'config2/c.json']) await driver.set(key, '1', { signal });
      const keys = async (prefix: string) => (await driver.list(prefix, { signal })).map(({ key }) => key).sort();
      expect(await keys('config')).toEqual(['config/a.json', 'config/shop/b.json']);
      expect(await keys('config/shop')).toEqual(['config/shop/b.json']);
      expect(await keys('config/a.json')).toEqual(['config/a.json']);
    },
  },
  {
    name: 'watches: a list first, then what is set, changed and removed below the prefix by anybody',
    async run(open) {
      await open().set('config/a.json', '1', { signal });
      const { events, end } = watched(open(), 'config');
      await eventually(() => expect(events[0]).toMatchObject({ list: [{ key: 'config/a.json', text: '1' }] }));
      const other = open();
      await other.set('elsewhere/a.json', '1', { signal });
      await other.set('config/shop/b.json', '1', { signal });
      await eventually(() => expect(events[1]).toMatchObject({ put: { key: 'config/shop/b.json', text: '1' } }));
      await other.set('config/a.json', '2', { signal });
      await eventually(() => expect(events[2]).toMatchObject({ put: { key: 'config/a.json', text: '2' } }));
      await other.remove('config/a.json', { signal });
      await eventually(() => expect(events[3]).toEqual({ removed: 'config/a.json' }));
      await end();
      expect(events).toHaveLength(4);
    },
  },
  {
    name: 'shows the last of many changes to every watcher',
    async run(open) {
      const watchers = [watched(open(), 'config'), watched(open(), 'config')];
      const driver = open();
      for (let n = 0; n <= 300; n++) await driver.set('config/a.json', String(n), { signal });
      for (const { events, end } of watchers) {
        await eventually(() => expect(events.at(-1)).toMatchObject({ put: { text: '300' } }));
        await end();
      }
    },
  },
  {
    name: 'ends a watch without an error when it is aborted or the driver is closed',
    async run(open) {
      const driver = open();
      const aborted = watched(driver, 'config');
      const closed = watched(driver, 'config');
      await eventually(() => expect([aborted.events.length, closed.events.length]).toEqual([1, 1]));
      await aborted.end();
      await driver.close();
      await closed.ended;
    },
  },
  {
    name: 'refuses what comes after close',
    async run(open) {
      const driver = open();
      await driver.close();
      await driver.close();
      for (const refused of [driver.get('config/a', { signal }), driver.set('config/a', '1', { signal })]) {
        await expect(refused).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
      }
    },
  },
];

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
  it.each(cases)('$name', async ({ run }) => {
    await run(open);
  });

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
      for (const refused of [driver.get(key, { signal }), driver.set(key, '1', { signal }), driver.remove(key, { signal })]) {
        await expect(refused).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
      }
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
    const host = { clock: systemClock, logger: noopLogger, signal, get: () => expect.fail('it needs nothing') };
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
  await expect.poll(() => attempt(check), { timeout: 3_000, interval: 10 }).toBeUndefined();
}

function attempt(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
