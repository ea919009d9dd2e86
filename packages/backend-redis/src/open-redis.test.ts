import { inspect } from 'node:util';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis, type RedisBackend, type RedisOptions, type RedisSurroundings } from './index.js';

const { signal } = new AbortController();
const opened: RedisBackend[] = [];

const open = async (options: RedisOptions, around: RedisSurroundings = {}) => {
  const redis = await openRedis(options, around);
  opened.push(redis);
  return redis;
};
const get = (redis: RedisBackend, key: string) => redis.run(`reading "${key}"`, (commands) => commands.get(key), { signal });

afterEach(async () => {
  await Promise.all(opened.splice(0).map((redis) => redis.close()));
});

describe('openRedis', () => {
  it('refuses options that cannot be, naming each and keeping passwords to itself', async () => {
    const wrong: readonly (readonly [RedisOptions, RegExp])[] = [
      [{ address: 'http://localhost' }, /^registry\.address: .*redis:\/\/, rediss:\/\//],
      [{ address: 'redis://me:secret@local host' }, /^registry\.address: (?!.*secret)/],
      [{ address: 'localhost:0' }, /^registry\.address: .*port/],
      [{ db: -1 }, /^registry\.db/],
      [{ address: 'localhost:1/x' }, /^registry\.db/],
      [{ address: 'redis://a/2,b/3' }, /^registry\.address: names the databases "2" and "3": expected the same one for all/],
      [{ address: ['a:1/0', 'b:1/3'], db: 3 }, /^registry\.address: names the databases "0" and "3"/],
      [{ db: 1, cluster: true }, /^registry\.db: a cluster has database 0 only/],
      [{ timeout: 'soon' }, /^registry\.timeout/],
      [{ timeout: 0 }, /^registry\.timeout: 0: expected a duration above 0/],
      [{ address: 'rediss://localhost', tls: false }, /^registry\.tls: .*rediss/],
      [{ address: 'redis://localhost', tls: true }, /^registry\.address: .*rediss/],
      [{ address: 'redis://a, rediss://b' }, /^registry\.address: mixes/],
      [{ address: 'localhost:1', tls: { ca: 'missing.pem' } }, /^registry\.tls\.ca/],
      [{ address: 'localhost:1', tls: { cert: 'a.pem' } }, /^registry\.tls/],
    ];
    for (const [options, message] of wrong) {
      const error = await open(options, { path: 'registry' }).catch((thrown: unknown) => thrown);
      expect(error, JSON.stringify(options)).toMatchObject({
        code: 'WEFT_CONFIG_INVALID',
        message: expect.stringMatching(message),
      });
    }
  });
});

describeOn('redis', describe)('openRedis on a Redis', () => {
  let server: RunningServer;
  let guarded: RunningServer;
  beforeAll(async () => {
    [server, guarded] = await Promise.all([startServer('redis'), startServer('redis', { args: ['--requirepass', 'sesame'] })]);
  });
  afterAll(() => Promise.all([server.stop(), guarded.stop()]));

  it('takes the first of several addresses that answers, and database and password from the address', async () => {
    const redis = await open({ address: `127.0.0.1:1, redis://:sesame@${guarded.address}`, password: 'sesame' });
    expect(await get(redis, 'none')).toBeNull();
    for (const [at, address] of [`redis://${server.address}/3`, `${server.address},127.0.0.1:1/3`].entries()) {
      const second = await open({ address });
      await second.run('writing', (commands) => commands.set(`only-in-3-${at}`, '1'), { signal });
      expect(await server.run(['-n', '3', 'get', `only-in-3-${at}`])).toContain('1');
    }
  });

  it('does not open when there is no such database, or the user may not go to it, instead of taking database 0', async () => {
    const message = expect.stringMatching(/^registry\.db: the server has no database 99: /);
    for (const options of [{ db: 99 }, { address: `redis://${server.address}/99` }]) {
      const refused = open({ address: server.address, ...options }, { path: 'registry' });
      await expect(refused).rejects.toMatchObject({ code: 'WEFT_CONFIG_INVALID', message });
    }
    await server.run(['acl', 'setuser', 'zero', 'on', '>one', '~*', '&*', '+@all', '-select']);
    const forbidden = open({ address: server.address, username: 'zero', password: 'one', db: 1 });
    await expect(forbidden).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
  });

  it('keeps its password to itself when it is printed or written as JSON', async () => {
    const redis = await open({ address: guarded.address, password: 'sesame' });
    expect(await get(redis, 'none')).toBeNull();
    expect(JSON.stringify(redis)).not.toContain('sesame');
    expect(inspect(redis, { depth: null, showHidden: true })).not.toContain('sesame');
  });

  it('does not open when user or password are wrong or missing, and does not tell them', async () => {
    const address = `127.0.0.1:1, ${guarded.address}`;
    for (const options of [{ password: 'guessed' }, {}, { username: 'nobody', password: 'guessed' }, { address }]) {
      const error = await open({ address: guarded.address, ...options }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'WEFT_UNAUTHENTICATED',
        message: expect.stringContaining(guarded.address),
      });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('guessed');
    }
  });

  it('opens though nobody is there: operations are refused at once, until somebody is', async () => {
    const late = await startServer('redis');
    await late.kill();
    const redis = await open({ address: late.address });
    await expect(get(redis, 'a')).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      failure: 'refused',
      message: `redis at ${late.address}: reading "a": connecting: connect ECONNREFUSED ${late.address}`,
    });
    await late.start();
    const read = redis.run('reading', (commands) => commands.get('a'), { signal, isPatient: true });
    expect(await read).toBeNull();
    await late.stop();
  });

  it('opens on a frozen server within about the time to connect, and works when it goes on', async () => {
    await server.pause();
    const startedAt = performance.now();
    const redis = await open({ address: server.address });
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    await expect(get(redis, 'a')).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'timeout' });
    server.resume();
    await expect.poll(() => get(redis, 'a'), { timeout: 10_000 }).toBeNull();
  });

  it('notices a password that is taken away, and one that is given back', async () => {
    await server.run(['acl', 'setuser', 'weft', 'on', '>one', '~*', '&*', '+@all']);
    const redis = await open({ address: server.address, username: 'weft', password: 'one' });
    expect(await get(redis, 'a')).toBeNull();
    await server.run(['acl', 'deluser', 'weft']);
    await expect
      .poll(() => get(redis, 'a').catch((error: unknown) => error), { timeout: 15_000 })
      .toMatchObject({ code: 'WEFT_UNAUTHENTICATED', retryable: true });
    await server.run(['acl', 'setuser', 'weft', 'on', '>one', '~*', '&*', '+@all']);
    await expect.poll(() => get(redis, 'a'), { timeout: 15_000 }).toBeNull();
  });

  it('says what a user may not do', async () => {
    await server.run(['acl', 'setuser', 'reader', 'on', '>one', '~mine:*', 'resetchannels', '+get', '+ping', '+subscribe']);
    const redis = await open({ address: server.address, username: 'reader', password: 'one' });
    const refused = { code: 'WEFT_PERMISSION_DENIED', message: expect.stringContaining('writing "a"') };
    await expect(redis.run('writing "a"', (commands) => commands.set('a', '1'), { signal })).rejects.toMatchObject(refused);
    await expect(get(redis, 'a')).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
    expect(await get(redis, 'mine:a')).toBeNull();
    await expect(redis.subscribe('listening', { channels: ['c'] }, { signal })).rejects.toMatchObject({
      code: 'WEFT_PERMISSION_DENIED',
    });
  });
});
