import { virtualClock } from '@weft/conformance';
import { type ErrorCode, memoryMetrics, type StandardSchemaV1, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { FakeDriver } from '../test/fake-driver.js';
import { ConfigClient } from './config-client.js';

describe('ConfigClient.get', () => {
  it('finds prefix/key, then the same with a suffix', async () => {
    const { config, driver } = opened();
    driver.put('config/database.yaml', 'host: b');
    expect(await config.get('database')).toEqual({ host: 'b' });
    driver.put('config/database', '{"host":"a"}');
    expect(await config.get('database')).toEqual({ host: 'a' });
    expect(await config.get('database.yaml')).toEqual({ host: 'b' });
    expect(await config.get('database.json')).toBeUndefined();
  });

  it('is undefined, or the default, for a key that does not exist', async () => {
    const { config } = opened();
    expect(await config.get('database')).toBeUndefined();
    expect(await config.get('database', { default: 1 })).toBe(1);
    expect(await config.get('database', port, { default: { port: 2 } })).toEqual({ port: 2 });
  });

  it('hands out frozen values, the same object until the text changes', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '{"list":[{"n":1}]}');
    const value = await config.get('a');
    expect(await config.get('a')).toBe(value);
    expect(Object.isFrozen((value as { list: object[] }).list[0])).toBe(true);
    driver.put('config/a', '{"list":[{"n":2}]}');
    expect(await config.get('a')).toEqual({ list: [{ n: 2 }] });
  });

  it('gives what the schema makes of the value', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '{"port":"80"}');
    const value = await config.get('a', port);
    expect(value?.port.toFixed(1)).toBe('80.0');
    expect(await config.get('a', port)).toBe(value);
  });

  it('refuses a bad value as a whole: the last good one stays, told once per bad text', async () => {
    const { config, driver, told, metrics } = opened();
    driver.put('config/a.json', '{"port":80}');
    expect(await config.get('a', port)).toEqual({ port: 80 });
    for (const bad of ['{"port":"x"}', '{"port":']) {
      driver.put('config/a.json', bad);
      expect(await config.get('a', port)).toEqual({ port: 80 });
      expect(await config.get('a', schema(parsePort))).toEqual({ port: 80 });
    }
    expect(told).toEqual([
      'rejected a config/a.json.port: expected a number',
      expect.stringContaining('rejected a config/a.json: not valid JSON'),
    ]);
    expect(metrics.read('config.rejected', { key: 'a' })).toBe(2);
    driver.put('config/a.json', '{"port":81}');
    expect(await config.get('a', port)).toEqual({ port: 81 });
  });

  it('rejects when the value is bad and there was never a good one', async () => {
    const { config, driver } = opened();
    driver.put('config/a.json', '{"port":"x"}');
    const error = await failure(config.get('a', port, { default: { port: 1 } }), 'WEFT_CONFIG_INVALID');
    expect(error.problems).toEqual([{ path: 'config/a.json.port', message: 'expected a number' }]);
    driver.put('config/b.json', '{');
    await failure(config.get('b'), 'WEFT_CONFIG_INVALID');
  });

  it('treats a schema that throws as one that refuses', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    const throws = schema(() => {
      throw new Error('boom');
    });
    expect((await failure(config.get('a', throws), 'WEFT_CONFIG_INVALID')).message).toContain('boom');
  });

  it('falls to the default when a key is deleted, and tells it once', async () => {
    const { config, driver, told } = opened();
    driver.put('config/a', '1');
    expect(await config.get('a', { default: 0 })).toBe(1);
    driver.drop('config/a');
    expect(await config.get('a', { default: 0 })).toBe(0);
    expect(await config.get('a', { default: 0 })).toBe(0);
    expect(told).toEqual(['deleted a']);
  });

  it('keeps the last good value while the config center is down, and needs a default when it never was up', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    await config.get('a');
    driver.goDown();
    expect(await config.get('a')).toBe(1);
    expect(await config.get('b', { default: 2 })).toBe(2);
    await failure(config.get('b'), 'WEFT_REGISTRY_UNAVAILABLE');
  });

  it('keeps the last good value while the config center refuses us, but no default hides that it always did', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    await config.get('a');
    driver.goDown(new WeftError('WEFT_PERMISSION_DENIED', 'the token was revoked'));
    expect(await config.get('a')).toBe(1);
    await failure(config.get('b', { default: 2 }), 'WEFT_PERMISSION_DENIED');
  });

  it('does not wait longer than its timeout', async () => {
    const { config, driver, clock } = opened();
    driver.state = 'hung';
    const error = failure(config.get('a'), 'WEFT_REGISTRY_UNAVAILABLE');
    await clock.advance(10_000);
    expect((await error).message).toContain('within 10000 ms');
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', 'a\nb', 'a\u0000', 'a\\b'])('refuses the key %j', async (key) => {
    const { config, driver } = opened();
    await failure(config.get(key), 'WEFT_INVALID_ARGUMENT');
    await failure(config.set(key, 1), 'WEFT_INVALID_ARGUMENT');
    await failure(config.remove(key), 'WEFT_INVALID_ARGUMENT');
    await failure(config.watch(key).next(), 'WEFT_INVALID_ARGUMENT');
    expect(driver.reads).toBe(0);
  });
});

describe('ConfigClient.require', () => {
  it('rejects for a key that does not exist and says where it looked', async () => {
    const { config, driver } = opened();
    const error = await failure(config.require('a'), 'WEFT_CONFIG_NOT_FOUND');
    expect(error.message).toContain('config/a, config/a.json, config/a.yaml');
    driver.put('config/a', '{"port":1}');
    expect((await config.require('a', port)).port).toBe(1);
  });
});

describe('ConfigClient.set, remove and list', () => {
  it('writes JSON, or the format under which the key is kept', async () => {
    const { config, driver } = opened();
    await config.set('a', { n: 1 });
    await config.set('b.yaml', { n: 1 });
    await config.set('b', { n: 2 });
    await config.set('c.txt', 'hello');
    expect([...driver.entries.values()].map(({ key, text }) => [key, text])).toEqual([
      ['config/a', '{\n  "n": 1\n}\n'],
      ['config/b.yaml', 'n: 2\n'],
      ['config/c.txt', 'hello'],
    ]);
    expect(await config.get('c')).toBe('hello');
  });

  it('gives back every value that JSON can hold', async () => {
    const { config } = opened();
    for (const key of ['a', 'a.json', 'a.yaml']) {
      for (const value of ['text', '', 'no', '1', 0, -1.5, true, null, [], {}, { a: ['x', null] }, '\u0000\n']) {
        await config.set(key, value);
        expect(await config.get(key)).toEqual(value);
      }
    }
  });

  it('refuses what the format cannot hold', async () => {
    const { config } = opened();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [undefined, () => 1, 1n, circle]) await failure(config.set('a', value), 'WEFT_INVALID_ARGUMENT');
    await failure(config.set('a.txt', 1), 'WEFT_INVALID_ARGUMENT');
  });

  it('removes a key in every format, and again without an error', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    driver.put('config/a.txt', '2');
    await config.remove('a');
    await config.remove('a');
    expect(driver.entries.size).toBe(0);
  });

  it('lists all good values by key', async () => {
    const { config, driver, told } = opened();
    driver.put('config/shop/b.yaml', 'n: 1');
    driver.put('config/a', '1');
    driver.put('config/bad.json', '{');
    driver.put('config/__proto__', '{}');
    const list = await config.list();
    expect(Object.keys(list)).toEqual(['__proto__', 'a', 'shop/b']);
    expect(list['shop/b']).toEqual({ n: 1 });
    expect(told).toHaveLength(1);
  });
});

describe('ConfigClient.close', () => {
  it('closes the driver, and refuses what comes after', async () => {
    const { config, driver } = opened();
    await config.close();
    await config.close();
    expect(driver.isClosed).toBe(true);
    for (const refused of [config.get('a'), config.set('a', 1), config.remove('a'), config.list(), config.watch('a').next()]) {
      await failure(refused, 'WEFT_CLOSED');
    }
  });

  it('does not wait for ever for a driver that does not close', async () => {
    const { config, driver, clock } = opened();
    driver.close = () => new Promise(() => {});
    const closing = failure(config.close(), 'WEFT_REGISTRY_UNAVAILABLE');
    await clock.advance(10_000);
    expect((await closing).message).toBe('closing the driver: no answer from the config center within 10000 ms');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends what is under way', async () => {
    const { config, driver, clock } = opened();
    driver.state = 'hung';
    const get = failure(config.get('a'), 'WEFT_CLOSED');
    await config.close();
    await get;
    expect(clock.pendingTimers()).toBe(0);
  });
});

function opened() {
  const driver = new FakeDriver();
  const clock = virtualClock();
  const metrics = memoryMetrics();
  const config = new ConfigClient(driver, { clock, metrics });
  const told: string[] = [];
  config.on('rejected', () => {
    throw new Error('a listener that throws');
  });
  config.on('rejected', ({ key, reason }) => told.push(`rejected ${key} ${reason}`));
  config.on('deleted', ({ key }) => told.push(`deleted ${key}`));
  return { driver, clock, metrics, config, told };
}

function schema<T>(parse: (value: unknown) => T | string): StandardSchemaV1<unknown, Exclude<T, string>> {
  const validate = (value: unknown) => {
    const result = parse(value);
    return typeof result === 'string'
      ? { issues: [{ message: result, path: ['port'] }] }
      : { value: result as Exclude<T, string> };
  };
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

function parsePort(value: unknown): { port: number } | string {
  const given = Number((value as { port?: unknown }).port);
  return Number.isNaN(given) ? 'expected a number' : { port: given };
}

const port = schema(parsePort);

async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<WeftError> {
  const error = await promise.then(
    (value) => expect.fail(`expected ${code}, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WeftError)) throw error;
  expect(error.code).toBe(code);
  return error;
}
