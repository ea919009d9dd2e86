import { instanceRecord, virtualClock } from '@weft/conformance';
import { noopLogger } from '@weft/core';
import { describe, expect, it, vi } from 'vitest';
import driver, { openMemoryRegistry } from './index.js';

const signal = new AbortController().signal;

describe('the memory registry', () => {
  it('is one store per address for all who open it, until the last has gone', async () => {
    const [first, second] = [await openMemoryRegistry(), await openMemoryRegistry()];
    const elsewhere = await openMemoryRegistry({ address: 'elsewhere' });
    await first.put(instanceRecord('a'), { ttlMs: 60_000, signal });
    await first.close();
    expect(await second.list('users', { signal })).toEqual([instanceRecord('a')]);
    expect(await elsewhere.list('users', { signal })).toEqual([]);
    await Promise.all([second.close(), elsewhere.close()]);
    const third = await openMemoryRegistry();
    expect(await third.list('users', { signal })).toEqual([]);
    await third.close();
  });

  it('is the same store for a second copy of the package', async () => {
    const first = await openMemoryRegistry();
    vi.resetModules();
    const copy = await import('./index.js');
    const second = await copy.openMemoryRegistry();
    await first.put(instanceRecord('a'), { ttlMs: 60_000, signal });
    expect(copy.openMemoryRegistry).not.toBe(openMemoryRegistry);
    expect(await second.list('users', { signal })).toHaveLength(1);
    await Promise.all([first.close(), second.close()]);
  });

  it('expires a record on the clock it was opened with', async () => {
    const clock = virtualClock();
    const registry = await openMemoryRegistry({}, clock);
    await registry.put(instanceRecord('a'), { ttlMs: 15_000, signal });
    await clock.advance(14_999);
    expect(await registry.list(undefined, { signal })).toHaveLength(1);
    await clock.advance(1);
    expect(await registry.list(undefined, { signal })).toEqual([]);
    await registry.put(instanceRecord('a'), { ttlMs: 15_000, signal });
    await registry.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('holds a copy, so that nobody changes what others read', async () => {
    const registry = await openMemoryRegistry();
    const metadata = { region: 'eu' };
    await registry.put(instanceRecord('a', { metadata }), { ttlMs: 60_000, signal });
    metadata.region = 'us';
    expect((await registry.list('users', { signal }))[0]?.metadata).toEqual({ region: 'eu' });
    await registry.close();
  });
});

describe('the driver', () => {
  it('fills the slot registry under the name memory and refuses unknown options', async () => {
    expect([driver.contract, driver.slot, driver.name]).toEqual([1, 'registry', 'memory']);
    expect(await driver.options['~standard'].validate({ address: 'a' })).toEqual({ value: { address: 'a' } });
    expect(await driver.options['~standard'].validate({ adress: 'a' })).toHaveProperty('issues');
  });

  it('opens on the clock of its host and closes when the host stops it', async () => {
    const clock = virtualClock();
    const get = () => {
      throw new Error('not needed');
    };
    const { value, stop } = await driver.open({}, { clock, folder: '.', logger: noopLogger, signal, get });
    await value.put(instanceRecord('a'), { ttlMs: 1_000, signal });
    await stop?.(signal);
    await expect(value.list(undefined, { signal })).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    expect(clock.pendingTimers()).toBe(0);
  });
});
