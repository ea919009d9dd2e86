import { ConfigClient } from '@weft/config';
import { type ConfigDriver, type ConfigEvent, type Driver, noopLogger, systemClock } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import memory, { openMemoryConfig } from './driver.js';

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

let stores = 0;
const opened: ConfigDriver[] = [];

afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close();
});

describe('openMemoryConfig', () => {
  it.each(cases)('$name', async ({ run }) => {
    const address = newStore();
    await run(() => open(address));
  });

  it('keeps the stores of different addresses apart', async () => {
    await open(newStore()).set('config/a', '1', { signal });
    expect(await open(newStore()).get('config/a', { signal })).toBeUndefined();
  });

  it('remembers the last 20 texts of a key, newest first', async () => {
    const driver = open(newStore());
    for (let n = 1; n <= 25; n++) await driver.set('config/a', String(n), { signal });
    const history = (await driver.history?.('config/a', { signal })) ?? [];
    expect(history.map(({ text }) => Number(text))).toEqual(Array.from({ length: 20 }, (_, age) => 25 - age));
  });

  it('refuses options that it does not know', () => {
    const options = { address: 'x', adress: 'x' };
    expect(() => openMemoryConfig(options)).toThrow(/config: .*adress/);
  });

  it('serves a ConfigClient', async () => {
    const config = new ConfigClient(open(newStore()));
    await config.set('database', { host: 'a' });
    const watch = config.watch('database');
    expect((await watch.next()).value).toEqual({ host: 'a' });
    await config.set('database', { host: 'b' });
    expect((await watch.next()).value).toEqual({ host: 'b' });
    expect(await config.list()).toEqual({ database: { host: 'b' } });
    const database = z.object({ host: z.string().transform((host) => host.toUpperCase()) });
    expect((await config.require('database', database)).host.at(0)).toBe('B');
    expect((await config.get('none', database, { default: { host: 'c' } })).host).toBe('c');
    await config.close();
  });

  it('is what the package exports for a host', async () => {
    const driver: Driver = memory as Driver;
    const host = { clock: systemClock, logger: noopLogger, signal, get: () => expect.fail('it needs nothing') };
    const { value, stop } = await memory.open({ address: newStore() }, host);
    expect([driver.contract, driver.slot, driver.name, await value.list('', { signal })]).toEqual([1, 'config', 'memory', []]);
    await stop?.(signal);
  });
});

function newStore(): string {
  return `test-${process.pid}-${++stores}`;
}

function open(address: string): ConfigDriver {
  const driver = openMemoryConfig({ address });
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
