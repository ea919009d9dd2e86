import { seededRandom, virtualClock } from '@weft/conformance';
import type { ConfigDriver } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { FakeDriver } from '../test/fake-driver.js';
import { ConfigClient } from './index.js';

function clientOf(driver: ConfigDriver): ConfigClient {
  return new ConfigClient(driver, { clock: virtualClock(), random: seededRandom(3) });
}

function opened() {
  const driver = new FakeDriver();
  return { config: clientOf(driver), driver };
}

const conflict = { code: 'WEFT_CONFLICT' };

describe('ConfigClient.current', () => {
  it('is the value and its revision as the backend has them now, also while a stream says otherwise', async () => {
    const { config, driver } = opened();
    driver.put('config/limits.json', '{"max":1}');
    expect(await config.current('limits')).toEqual({ value: { max: 1 }, revision: '1' });
    await config.watch('limits').next();
    driver.entries.set('config/limits.json', { key: 'config/limits.json', text: '{"max":2}', revision: '7' });
    expect(await config.get('limits')).toEqual({ max: 1 });
    expect(await config.current('limits')).toEqual({ value: { max: 2 }, revision: '7' });
    await config.close();
  });

  it('is undefined for a key that does not exist, and has the reason in place of a value that is bad', async () => {
    const { config, driver } = opened();
    expect(await config.current('limits')).toBeUndefined();
    driver.put('config/limits.json', '{');
    expect(await config.current('limits')).toEqual({ revision: '1', reason: expect.stringContaining('not valid JSON') });
    await config.close();
  });
});

describe('ConfigClient.set with ifRevision', () => {
  it('writes while the value has the revision, and where the value is kept', async () => {
    const { config, driver } = opened();
    driver.put('config/limits.yaml', 'max: 1\n');
    const now = await config.current('limits');
    await config.set('limits', { max: 2 }, { ifRevision: now?.revision ?? null });
    expect(driver.entries.get('config/limits.yaml')?.text).toBe('max: 2\n');
    expect([...driver.entries.keys()]).toEqual(['config/limits.yaml']);
    await config.close();
  });

  it('refuses with WEFT_CONFLICT what somebody else has changed, telling both revisions', async () => {
    const { config, driver } = opened();
    driver.put('config/limits', '1');
    const now = await config.current('limits');
    driver.put('config/limits', '2');
    await expect(config.set('limits', 3, { ifRevision: now?.revision ?? null })).rejects.toMatchObject({
      ...conflict,
      message: 'config key "config/limits" has revision "2"; expected revision "1"',
    });
    expect(await config.get('limits')).toBe(2);
    await config.close();
  });

  it('compares at the backend, not with what a stream told last', async () => {
    const { config, driver } = opened();
    driver.put('config/limits', '1');
    await config.watch('limits').next();
    driver.entries.set('config/limits', { key: 'config/limits', text: '2', revision: '7' });
    await expect(config.set('limits', 3, { ifRevision: '1' })).rejects.toMatchObject(conflict);
    await config.set('limits', 3, { ifRevision: '7' });
    expect(driver.entries.get('config/limits')?.text).toBe('3\n');
    await config.close();
  });

  it('leaves the last word to the backend when somebody writes between the look and the write', async () => {
    const { config, driver } = opened();
    driver.put('config/limits', '1');
    const get = driver.get.bind(driver);
    driver.get = async (key) => {
      const entry = await get(key);
      driver.put('config/limits', '2');
      return entry;
    };
    await expect(config.set('limits', 3, { ifRevision: '1' })).rejects.toMatchObject(conflict);
    expect(driver.entries.get('config/limits')?.text).toBe('2');
    await config.close();
  });

  it('takes null for "in no format yet"', async () => {
    const { config, driver } = opened();
    await config.set('limits', 1, { ifRevision: null });
    await expect(config.set('limits', 2, { ifRevision: null })).rejects.toMatchObject({
      ...conflict,
      message: 'config key "config/limits" has revision "1"; expected it not to exist',
    });
    driver.put('config/hosts.json', '[]');
    await expect(config.set('hosts', ['a'], { ifRevision: null })).rejects.toMatchObject(conflict);
    await expect(config.set('nothing', 1, { ifRevision: '1' })).rejects.toMatchObject({
      message: 'config key "nothing" does not exist; expected revision "1"',
    });
    await config.close();
  });

  it('refuses a condition that got lost on the way, which would write over everybody', async () => {
    const { config, driver } = opened();
    const lost = (await config.current('limits'))?.revision as string;
    const refused = { code: 'WEFT_INVALID_ARGUMENT', message: expect.stringContaining('ifRevision is undefined') };
    await expect(config.set('limits', 1, { ifRevision: lost })).rejects.toMatchObject(refused);
    await expect(config.set('limits', 1, { ifRevision: '' })).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(driver.entries.size).toBe(0);
    await config.set('limits', 1, {});
    await config.close();
  });

  it('is never ignored: a driver that cannot compare and set is not asked to write', async () => {
    const driver = new FakeDriver();
    const config = clientOf(Object.assign(driver, { supports: { ...driver.supports, compareAndSet: false } }));
    await expect(config.set('limits', 1, { ifRevision: null })).rejects.toMatchObject({
      code: 'WEFT_INVALID_ARGUMENT',
      message: 'ifRevision of "limits": this config driver cannot compare and set',
    });
    expect(driver.entries.size).toBe(0);
    await config.set('limits', 1);
    await config.close();
  });
});
