import { seededRandom, settle, virtualClock } from '@weft/conformance';
import { type StandardSchemaV1, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { FakeDriver } from '../test/fake-driver.js';
import { ConfigClient } from './config-client.js';

const SEED = 7;

describe('ConfigClient.watch', () => {
  it('gives the current value first, then every change', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    const watch = config.watch('a');
    expect(await watch.next()).toEqual({ done: false, value: 1 });
    for (const text of ['2', '3']) {
      const next = watch.next();
      driver.put('config/a', text);
      expect((await next).value).toBe(Number(text));
    }
  });

  it('gives the default first when the key does not exist, and again when it is deleted', async () => {
    const { config, driver, told } = opened();
    const { values } = collected(config.watch('a', { default: 0 }));
    await settle();
    driver.put('config/a.json', '1');
    await settle();
    driver.drop('config/a.json');
    await settle();
    expect(values).toEqual([0, 1, 0]);
    expect(told).toEqual(['deleted a']);
  });

  it('leaves out a value that is bad and goes on with the next good one', async () => {
    const { config, driver, told } = opened();
    driver.put('config/a.json', '1');
    const { values } = collected(config.watch('a', { schema: number }));
    await settle();
    for (const text of ['{', '"x"', '2']) {
      driver.put('config/a.json', text);
      await settle();
    }
    expect(values).toEqual([1, 2]);
    expect(told).toHaveLength(2);
  });

  it('tells a bad value even when nobody is reading just now', async () => {
    const { config, driver, told } = opened();
    driver.put('config/a', '1');
    await config.watch('a', { schema: number }).next();
    driver.put('config/a', '"x"');
    await settle();
    expect(told).toEqual(['rejected a config/a: expected a number']);
  });

  it('does not tell a change that is none', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '{"n":1}');
    const { values } = collected(config.watch('a'));
    await settle();
    driver.put('config/a', '{"n":1}');
    await config.get('a');
    await settle();
    expect(values).toHaveLength(1);
  });

  it('gives a slow reader the newest value, and never two at a time', async () => {
    const { config, driver } = opened();
    const values: unknown[] = [];
    let inLoop = 0;
    const reading = (async () => {
      for await (const value of config.watch('a', { default: -1 })) {
        expect(++inLoop).toBe(1);
        values.push(value);
        await settle();
        inLoop--;
        if (value === 999) return;
      }
    })();
    await settle();
    for (let n = 0; n < 1_000; n++) {
      driver.put('config/a', String(n));
      if (n % 100 === 0) await settle();
    }
    await reading;
    expect(values.at(-1)).toBe(999);
    expect(values.length).toBeLessThan(100);
    expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
  });

  it('rejects at the first next() when it cannot start, and ends', async () => {
    const { config, driver } = opened();
    driver.state = 'down';
    const watch = config.watch('a');
    await expect(watch.next()).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects when the backend hangs, by the timeout', async () => {
    const { config, driver, clock } = opened();
    driver.state = 'hung';
    const first = config.watch('a').next();
    const check = expect(first).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await clock.advance(10_000);
    await check;
  });

  it('rejects when the value is bad and there was never a good one', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '"x"');
    await expect(config.watch('a', { schema: number }).next()).rejects.toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
  });

  it('begins with the default while the config center is down, and goes on when it is up', async () => {
    const { config, driver, clock } = opened();
    driver.state = 'down';
    const { values } = collected(config.watch('a', { default: 0 }));
    await settle();
    driver.state = 'up';
    driver.put('config/a', '1');
    await clock.advance(2_000);
    expect(values, `seed ${SEED}`).toEqual([0, 1]);
  });

  it('ends when its signal is aborted, when the reader leaves, and when the client closes', async () => {
    const { config } = opened();
    const leaving = new AbortController();
    const aborted = collected(config.watch('a', { signal: leaving.signal }));
    const closed = collected(config.watch('a'));
    for await (const value of config.watch('a')) {
      expect(value).toBeUndefined();
      break;
    }
    await settle();
    leaving.abort();
    await aborted.ended;
    expect(await config.watch('a', { signal: leaving.signal }).next()).toEqual({ done: true, value: undefined });
    await config.close();
    await closed.ended;
  });

  it('needs one stream for all watches, and no reads beside it', async () => {
    const { config, driver } = opened();
    for (const key of ['a', 'b', 'c']) await config.watch(key).next();
    await config.get('d');
    expect([driver.streams, driver.reads]).toEqual([1, 0]);
  });

  it('shows what this client has written as soon as set() resolves', async () => {
    const { config } = opened();
    await config.watch('a').next();
    for (let n = 0; n < 10; n++) {
      await config.set('a', n);
      expect(await config.get('a')).toBe(n);
    }
    await config.remove('a');
    expect(await config.get('a')).toBeUndefined();
  });
});

describe('a config center that goes away', () => {
  it('leaves the last good values in use for ever, and tells stale once', async () => {
    const { config, driver, clock, told } = opened();
    driver.put('config/a', '1');
    await config.watch('a').next();
    driver.goDown();
    await clock.advance(9_999);
    expect(told).toEqual([]);
    await clock.advance(600_000);
    expect(told, `seed ${SEED}`).toEqual(['stale connect refused']);
    expect(await config.get('a')).toBe(1);
  });

  it('is followed again within 2 s of its return, with what changed meanwhile', async () => {
    const { config, driver, clock, told } = opened();
    driver.put('config/a', '1');
    driver.put('config/b', '1');
    const { values } = collected(config.watch('a', { default: 0 }));
    await config.get('b');
    await clock.advance(1_000);
    driver.goDown();
    await clock.advance(60_000);
    driver.put('config/a', '2');
    driver.drop('config/b');
    driver.state = 'up';
    await clock.advance(2_000);
    expect(values, `seed ${SEED}`).toEqual([1, 2]);
    expect(told).toEqual(['stale connect refused', 'recovered', 'deleted b']);
  });

  it('is not asked more often than every other second, on average over a minute', async () => {
    const { config, driver, clock } = opened();
    driver.state = 'down';
    await expect(config.watch('a').next()).rejects.toBeInstanceOf(WeftError);
    await clock.advance(60_000);
    expect(driver.streams, `seed ${SEED}`).toBeGreaterThan(30);
    expect(driver.streams, `seed ${SEED}`).toBeLessThan(120);
  });

  it('is noticed when its stream goes silent, by a full list each minute', async () => {
    const { config, driver, clock } = opened();
    const { values } = collected(config.watch('a', { default: 0 }));
    await settle();
    driver.entries.set('config/a', { key: 'config/a', text: '1' });
    await clock.advance(66_000);
    expect(values, `seed ${SEED}`).toEqual([0, 1]);
  });

  it('holds no timer after close', async () => {
    const { config, driver, clock } = opened();
    await config.watch('a').next();
    driver.goDown();
    await clock.advance(100);
    await config.close();
    await settle();
    expect(clock.pendingTimers()).toBe(0);
  });
});

const number: StandardSchemaV1<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] }),
  },
};

function opened() {
  const driver = new FakeDriver();
  const clock = virtualClock();
  const config = new ConfigClient(driver, { clock, random: seededRandom(SEED) });
  const told: string[] = [];
  config.on('rejected', ({ key, reason }) => told.push(`rejected ${key} ${reason}`));
  config.on('deleted', ({ key }) => told.push(`deleted ${key}`));
  config.on('stale', ({ reason }) => told.push(`stale ${reason}`));
  config.on('recovered', () => told.push('recovered'));
  return { driver, clock, config, told };
}

function collected(watch: AsyncIterable<unknown>): { values: unknown[]; ended: Promise<void> } {
  const values: unknown[] = [];
  const ended = (async () => {
    for await (const value of watch) values.push(value);
  })();
  return { values, ended };
}
