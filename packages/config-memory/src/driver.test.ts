import { ConfigClient } from '@weft/config';
import { type ConfigDriver, type Driver, noopLogger, systemClock } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import memory, { openMemoryConfig } from './driver.js';

const { signal } = new AbortController();

let stores = 0;
const opened: ConfigDriver[] = [];

afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close();
});

describe('openMemoryConfig', () => {
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
    const host = { clock: systemClock, folder: '.', logger: noopLogger, signal, get: () => expect.fail('it needs nothing') };
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
