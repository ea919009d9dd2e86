import { inspect } from 'node:util';
import { instanceRecord } from '@weft/conformance';
import { type DriverHost, noopLogger, systemClock } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import driver, { openRedisRegistry } from './index.js';

const { signal } = new AbortController();
const host: DriverHost = {
  clock: systemClock,
  folder: '.',
  logger: noopLogger,
  signal,
  timeoutMs: 300,
  get: () => expect.fail('it needs nothing'),
};

describe('the driver', () => {
  it('fills the slot registry under the name redis and refuses what is no option', async () => {
    expect([driver.contract, driver.slot, driver.name]).toEqual([1, 'registry', 'redis']);
    const check = (options: unknown) => driver.options['~standard'].validate(options);
    const options = { address: ['a:1', 'b:2'], username: 'u', password: 'p', db: 1, prefix: 'w', tls: { ca: 'x.pem' } };
    expect(await check(options)).toEqual({ value: options });
    for (const wrong of [
      { adress: 'a' },
      { db: -1 },
      { tls: { caFile: 'x' } },
      { address: [] },
      { address: 'a b' },
      { prefix: '{a}' },
    ])
      expect(await check(wrong), JSON.stringify(wrong)).toHaveProperty('issues');
  });
});

describeOn('redis', describe)('the driver on a Redis', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterAll(() => server.stop());

  it('gives up each operation after the timeout of the block', async () => {
    const { value } = await driver.open({ address: server.address }, host);
    await server.pause();
    await expect(value.list('users', { signal })).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('listing "users": no answer within 300 ms'),
    });
    server.resume();
    await value.close();
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    await server.run(['acl', 'setuser', 'ada', 'on', '>sesame', '~*', '&*', '+@all']);
    const registry = await openRedisRegistry({ address: server.address, username: 'ada', password: 'sesame' });
    expect(JSON.stringify(registry)).not.toContain('sesame');
    expect(inspect(registry, { depth: null, showHidden: true })).not.toContain('sesame');
    await registry.close();
  });

  it('refuses a name that has half a character', async () => {
    const { value } = await driver.open({ address: server.address }, host);
    const refused = { code: 'WEFT_INVALID_ARGUMENT' };
    await expect(value.list('a\ud800', { signal })).rejects.toMatchObject(refused);
    await expect(value.put({ ...instanceRecord('a'), name: '\ud800' }, { ttlMs: 1_000, signal })).rejects.toMatchObject(refused);
    await value.close();
  });

  it('does not open for a user who may not read the records', async () => {
    await server.run(['acl', 'setuser', 'stranger', 'on', '>one', '~other:*', '&*', '+@all']);
    const error = await openRedisRegistry({ address: server.address, username: 'stranger', password: 'one' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
    expect(String(error)).not.toContain('one"');
  });

  it('tells who may only read everything, expired records too, and refuses to register', async () => {
    const rights = '~weft:* &weft:* +@read +@scripting +@pubsub +@connection +time'.split(' ');
    await server.run(['acl', 'setuser', 'reader', 'on', '>one', ...rights]);
    await server.run(['acl', 'setuser', 'writer', 'on', '>one', ...rights, '+@write']);
    const writer = await openRedisRegistry({ address: server.address, username: 'writer', password: 'one' });
    const reader = await openRedisRegistry({ address: server.address, username: 'reader', password: 'one' });
    const watch = reader.watch('users', { signal })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toEqual({ list: [] });
    await writer.put(instanceRecord('a'), { ttlMs: 1_000, signal });
    expect((await watch.next()).value).toMatchObject({ put: { id: 'a' } });
    expect((await watch.next()).value).toEqual({ list: [] });
    expect(await reader.list('users', { signal })).toEqual([]);
    await expect(reader.put(instanceRecord('b'), { ttlMs: 1_000, signal })).rejects.toMatchObject({
      code: 'WEFT_PERMISSION_DENIED',
    });
    await watch.return?.();
    await Promise.all([writer.close(), reader.close()]);
  });
});
