import { seededRandom, settle, virtualClock } from '@weft/conformance';
import type { ConfigEntry, StandardSchemaV1 } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { FakeDriver } from '../test/fake-driver.js';
import { ConfigClient, type ConfigOptions, redacted, secret } from './index.js';

function opened(options: ConfigOptions = {}) {
  const driver = new FakeDriver();
  const config = new ConfigClient(driver, { clock: virtualClock(), random: seededRandom(3), ...options });
  const told: string[] = [];
  config.on('rejected', ({ key, reason }) => void told.push(`${key}: ${reason}`));
  return { config, driver, told };
}

/** Accepts what `isGood` says, and quotes what it refuses, as careless schemas do. */
function schemaOf<T>(isGood: (value: unknown) => boolean, path: readonly string[] = []): StandardSchemaV1<unknown, T> {
  const validate = (value: unknown) =>
    isGood(value) ? { value: value as T } : { issues: [{ message: `found ${JSON.stringify(value)}`, path }] };
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

describe('The prefix of a ConfigClient', () => {
  it.each(['/', '/a/b', 'a/', 'a//b', '../x', 'a\\b'])('%j is refused with where it stands and what would be right', (prefix) => {
    expect(() => opened({ prefix })).toThrow(
      expect.objectContaining({
        code: 'WEFT_CONFIG_INVALID',
        message: expect.stringMatching(/^config\.prefix: .* is no config key: .*; expected parts joined by "\/"/),
        problems: [expect.objectContaining({ path: 'config.prefix' })],
      }),
    );
  });
});

describe('The timeout of a ConfigClient', () => {
  it.each([0, '0s'])('%j is refused: nothing could be read in no time', (timeout) => {
    expect(() => opened({ timeout })).toThrow('config.timeout: 0: expected a duration above 0, such as "30s"');
  });
});

describe('ConfigClient.snapshot', () => {
  it('is all values below a prefix at one moment, frozen, from one list of the driver', async () => {
    const { config, driver } = opened();
    driver.put('config/shop/database.json', '{"host":"a"}');
    driver.put('config/shop/limits/rate', '5');
    driver.put('config/shopping', '1');
    driver.put('config/shop', '2');
    const snapshot = await config.snapshot('shop');
    expect(snapshot).toEqual({ database: { host: 'a' }, 'limits/rate': 5 });
    expect([Object.isFrozen(snapshot), Object.isFrozen(snapshot.database)]).toEqual([true, true]);
    expect(driver.reads).toBe(0);
    driver.put('config/shop/limits/rate', '6');
    expect(snapshot['limits/rate']).toBe(5);
    expect(Object.keys(await config.snapshot())).toEqual(['shop', 'shop/database', 'shop/limits/rate', 'shopping']);
  });

  it('has the last good value in place of a bad one, and refuses to be half when there is none', async () => {
    const { config, driver } = opened();
    driver.put('config/shop/a.json', '1');
    await config.get('shop/a');
    driver.put('config/shop/a.json', '{');
    expect(await config.snapshot('shop')).toEqual({ a: 1 });
    driver.put('config/shop/b.json', '{');
    await expect(config.snapshot('shop')).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      problems: [expect.objectContaining({ path: 'config/shop/b.json' })],
    });
  });

  it('does not set back what a watch has told already', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    const values: unknown[] = [];
    void (async () => {
      for await (const value of config.watch('a')) values.push(value);
    })();
    await settle();
    const list = driver.list.bind(driver);
    driver.list = async () => {
      const old = await list();
      driver.put('config/a', '2');
      await settle();
      return old;
    };
    expect(await config.snapshot()).toEqual({ a: 1 });
    await settle();
    expect([values, await config.get('a')]).toEqual([[1, 2], 2]);
  });

  it('is what was known last while the config center is away', async () => {
    const { config, driver } = opened();
    driver.put('config/a', '1');
    driver.state = 'down';
    await expect(config.snapshot()).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    driver.state = 'up';
    await config.watch('a').next();
    driver.goDown();
    expect(await config.snapshot()).toEqual({ a: 1 });
  });

  it('is not polluted by what keys and values are named', async () => {
    const { config, driver } = opened();
    driver.put('config/__proto__', '{"polluted":true}');
    driver.put('config/a', '{"__proto__":{"polluted":true}}');
    expect(await config.snapshot()).toEqual({ a: {} });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('ConfigClient.history', () => {
  it('is what the backend remembers, newest first, with what did not parse', async () => {
    const { config, driver } = opened();
    const past: ConfigEntry[] = [
      { key: 'config/a.json', text: '2', revision: '9' },
      { key: 'config/a.json', text: '{', revision: '8' },
      { key: 'config/a.json', text: '1' },
    ];
    const remembering = Object.assign(driver, { history: async (key: string) => past.filter((entry) => entry.key === key) });
    driver.put('config/a.json', '2');
    const said = [
      { revision: '9', value: 2 },
      { revision: '8', reason: expect.stringContaining('not valid JSON') },
      { value: 1 },
    ];
    expect(await config.history('a')).toEqual(said);
    remembering.drop('config/a.json');
    expect(await config.history('a')).toEqual(said);
    expect(await config.history('b')).toEqual([]);
  });

  it('is refused with the reason when the driver keeps none', async () => {
    await expect(opened().config.history('a')).rejects.toMatchObject({
      code: 'WEFT_INVALID_ARGUMENT',
      message: expect.stringContaining('driver keeps none'),
    });
  });
});

describe('secrets', () => {
  const database = { host: 'h', password: 'p1', pools: [{ name: 'a', apiKey: 'k1' }], pin: 4711, tokens: { read: 't1' } };

  it('are what sounds like one, at any depth', () => {
    const shown = {
      host: 'h',
      password: '[redacted]',
      pools: [{ name: 'a', apiKey: '[redacted]' }],
      pin: 4711,
      tokens: '[redacted]',
    };
    expect(redacted(database)).toEqual(shown);
    expect([redacted('text'), redacted(null), redacted(undefined), redacted([1])]).toEqual(['text', null, undefined, [1]]);
  });

  it('are what the client was told, by the end of the path', async () => {
    const { config, driver } = opened({ secrets: ['database.pin', '*.host'] });
    driver.put('config/shop/database.json', JSON.stringify(database));
    driver.put('config/other.json', '{"pin":1,"Host":"h"}');
    driver.put('config/db/password', 'p2');
    expect(await config.redacted('shop/database')).toMatchObject({
      pin: '[redacted]',
      host: '[redacted]',
      password: '[redacted]',
    });
    expect(await config.redacted('other')).toEqual({ pin: 1, Host: '[redacted]' });
    expect([await config.redacted('db/password'), await config.redacted('none')]).toEqual(['[redacted]', undefined]);
    expect(await config.get('db/password')).toBe('p2');
    expect(() => opened({ secrets: ['a..b'] })).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
  });

  it('are what the schema marks: the whole value, or fields of it', async () => {
    const { config, driver } = opened();
    driver.put('config/license', '"L-1"');
    driver.put('config/card.json', '{"number":"4111","owner":{"name":"n","born":"b"},"list":[{"iban":"i"}]}');
    const card = secret(
      schemaOf<object>(() => true),
      ['number', 'owner.*', 'list.iban'],
    );
    expect(await config.get('license', secret(schemaOf<string>(() => true)))).toBe('L-1');
    await config.watch('card', { schema: card }).next();
    expect(await config.redacted('license')).toBe('[redacted]');
    expect(await config.redacted('card')).toEqual({
      number: '[redacted]',
      owner: { name: '[redacted]', born: '[redacted]' },
      list: [{ iban: '[redacted]' }],
    });
  });

  it('are not told by the reason of a refusal, nor by its error', async () => {
    const { config, driver, told } = opened();
    driver.put('config/license', '"L-2"');
    driver.put('config/db.json', '{"password":"p3"}');
    driver.put('config/open', '"shown"');
    const never = () => false;
    for (const [key, schema] of [
      ['license', secret(schemaOf(never))],
      ['db', schemaOf(never, ['password'])],
      ['open', schemaOf(never)],
    ] as const) {
      await expect(config.get(key, schema)).rejects.toSatisfy((error) => !/L-2|p3/.test(String(error)));
    }
    expect(told).toEqual([
      'license: config/license: not accepted: [redacted]',
      'db: config/db.json.password: not accepted: [redacted]',
      'open: config/open: found "shown"',
    ]);
  });
});
