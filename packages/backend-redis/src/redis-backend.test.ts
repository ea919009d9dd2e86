import { getEventListeners } from 'node:events';
import { describeOn, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis, type RedisBackend, type RedisOptions, type RedisSurroundings } from './index.js';

const { signal } = new AbortController();
const opened: RedisBackend[] = [];
const unavailable = { code: 'WEFT_REGISTRY_UNAVAILABLE' };
/** Two probes, the pauses between them, and a machine that is busy. */
const FOUND_WITHIN_MS = 5_500;

const open = async (options: RedisOptions, around: RedisSurroundings = {}) => {
  const redis = await openRedis(options, around);
  opened.push(redis);
  return redis;
};
const get = (redis: RedisBackend, key: string, isPatient = false) =>
  redis.run(`reading "${key}"`, (commands) => commands.get(key), { signal, isPatient });
const listen = (redis: RedisBackend, channel: string) => redis.subscribe('listening', { channels: [channel] }, { signal });
const thrown = (work: Promise<unknown>) => work.catch((error: unknown) => error);

afterEach(async () => {
  await Promise.all(opened.splice(0).map((redis) => redis.close()));
});

describeOn('redis', describe)('RedisBackend', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('redis', { data: 'disk' });
  });
  afterAll(() => server.stop());

  it('fails at once while the server is gone, also what was under way, and works again when it is back', async () => {
    const said: string[] = [];
    const logger = { debug() {}, info: (line: string) => said.push(line), warn: (line: string) => said.push(line), error() {} };
    const redis = await open({ address: server.address }, { logger: { ...logger, child: () => expect.fail('no child') } });
    const waiting = redis.run('waiting', (commands) => commands.blpop('nothing', 0), { signal });
    const lost = expect(waiting).rejects.toMatchObject({ ...unavailable, failure: 'reset', ambiguous: true });
    await server.kill();
    await lost;
    const startedAt = performance.now();
    for (let asked = 0; asked < 50; asked++) await expect(get(redis, 'a')).rejects.toMatchObject(unavailable);
    expect(performance.now() - startedAt).toBeLessThan(500);
    await server.start();
    await expect.poll(() => thrown(get(redis, 'a')), { timeout: 15_000 }).toBeNull();
    expect(said).toEqual(['redis is out of reach', 'redis is back']);
  });

  it('finds a frozen server within two probes, and works when it goes on', async () => {
    const redis = await open({ address: server.address });
    const subscription = await listen(redis, 'c');
    await server.pause();
    const startedAt = performance.now();
    const [heard, asked] = await Promise.all([thrown(subscription.take(60_000)), thrown(get(redis, 'a'))]);
    expect(performance.now() - startedAt).toBeLessThan(FOUND_WITHIN_MS);
    expect([heard, asked]).toMatchObject([{ failure: 'timeout' }, { failure: 'timeout' }]);
    server.resume();
    await expect.poll(() => thrown(get(redis, 'a')), { timeout: 10_000 }).toBeNull();
  });

  it('finds a network that has stalled, and one that is cut, and comes back when it is healed', async () => {
    const proxy = await startFaultProxy(server);
    const redis = await open({ address: proxy.address });
    for (const [fault, failure, withinMs] of [
      ['stall', 'timeout', FOUND_WITHIN_MS],
      ['cut', 'reset', 1_000],
    ] as const) {
      const subscription = await redis.subscribe('listening', { channels: ['c'] }, { signal, isPatient: true });
      const startedAt = performance.now();
      proxy[fault]();
      await expect(subscription.take(60_000)).rejects.toMatchObject({ ...unavailable, failure });
      expect(performance.now() - startedAt).toBeLessThan(withinMs);
      proxy.heal();
      await expect.poll(() => thrown(get(redis, 'a')), { timeout: 10_000 }).toBeNull();
    }
    await proxy.close();
  });

  it('caps every operation, and ends it at once when its signal is aborted', async () => {
    const redis = await open({ address: server.address, timeout: '200ms' });
    const wait = (ended: AbortSignal) => redis.run('waiting', (commands) => commands.blpop('nothing', 0), { signal: ended });
    await expect(wait(signal)).rejects.toMatchObject({
      ...unavailable,
      failure: 'timeout',
      message: `redis at ${server.address}: waiting: no answer within 200 ms`,
    });
    const control = new AbortController();
    const waiting = wait(control.signal);
    control.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(getEventListeners(control.signal, 'abort')).toEqual([]);
    await expect(wait(control.signal)).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('does nothing for whoever has given up before, nor later what was given up while there was no connection', async () => {
    const proxy = await startFaultProxy(server);
    const redis = await open({ address: proxy.address, timeout: '200ms' }, { random: () => 0.99 });
    const set = (key: string, ended: AbortSignal) =>
      redis.run('writing', (commands) => commands.set(key, 'x'), { signal: ended, isPatient: true });
    await expect(set('aborted', AbortSignal.abort())).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    proxy.cut();
    await expect.poll(() => thrown(get(redis, 'a'))).toBeInstanceOf(Error);
    const lost = { ...unavailable, failure: 'timeout' };
    await expect(set('late', signal)).rejects.toMatchObject(lost);
    const topics = { channels: ['late-news'] };
    await expect(redis.subscribe('listening', topics, { signal, isPatient: true })).rejects.toMatchObject(lost);
    proxy.heal();
    await expect.poll(() => thrown(get(redis, 'a')), { timeout: 10_000 }).toBeNull();
    await expect.poll(() => thrown(listen(redis, 'other')), { timeout: 10_000 }).not.toBeInstanceOf(Error);
    expect(await server.run(['exists', 'aborted', 'late'])).toMatch(/0/);
    await expect.poll(() => server.run(['pubsub', 'channels'])).not.toContain('late-news');
    await proxy.close();
  });

  it('runs a script as one step, also after the server forgot it, with texts or bytes', async () => {
    const redis = await open({ address: server.address });
    const echo = "return { KEYS[1], ARGV[1], redis.call('INCR', KEYS[1]) }";
    const run = redis.script(echo);
    expect(await run('counting', ['n'], ['x'], { signal })).toEqual(['n', 'x', 1]);
    await server.run(['script', 'flush']);
    expect(await run('counting', ['n'], ['x'], { signal })).toEqual(['n', 'x', 2]);
    const bytes = redis.script('return ARGV[1]', { asBuffers: true });
    expect(await bytes('echoing', [], [Buffer.from([0, 255])], { signal })).toEqual(Buffer.from([0, 255]));
    await expect(redis.script('return nonsense(')('failing', [], [], { signal })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('failing'),
    });
  });

  it('hears each message once for each reader, in each database only its own', async () => {
    const [redis, other] = [await open({ address: server.address }), await open({ address: server.address, db: 1 })];
    const readers = [];
    for (const topics of [{ channels: ['a:1'] }, { channels: ['a:1'], patterns: ['a:*'] }, { patterns: ['b:*'] }])
      readers.push(await redis.subscribe('listening', topics, { signal }));
    const foreign = await other.subscribe('listening', { channels: [other.channel('a:1')] }, { signal });
    await redis.run('telling', (commands) => commands.publish(redis.channel('a:1'), 'x'), { signal });
    const message = { channel: 'a:1', text: 'x' };
    expect(await readers[0]?.take(1_000)).toEqual([message]);
    expect(await readers[1]?.take(1_000)).toEqual([message, message]);
    expect(await readers[2]?.take(0)).toEqual([]);
    expect(await foreign.take(0)).toEqual([]);
    readers[1]?.close();
    await redis.run('telling', (commands) => commands.publish('a:1', 'y'), { signal });
    expect(await readers[0]?.take(1_000)).toEqual([{ channel: 'a:1', text: 'y' }]);
  });

  it('tells a reader that was too slow that it has missed something', async () => {
    const redis = await open({ address: server.address });
    const [slow, quick] = [await listen(redis, 'many'), await listen(redis, 'many')];
    await redis.script("for n = 1, 5000 do redis.call('PUBLISH', 'many', n) end")('telling', [], [], { signal });
    for (let last: string | undefined; last !== '5000'; ) last = (await quick.take(1_000))?.at(-1)?.text;
    expect(await slow.take(0)).toBeUndefined();
    await redis.run('telling', (commands) => commands.publish('many', 'last'), { signal });
    expect(await slow.take(1_000)).toEqual([{ channel: 'many', text: 'last' }]);
  });

  it('goes to the next address when the server has become a replica, which takes no writes', async () => {
    const replica = await startServer('redis');
    const redis = await open({ address: [replica.address, server.address] });
    await replica.run(['replicaof', '127.0.0.1', String(server.port)]);
    const set = () => thrown(redis.run('writing', (commands) => commands.set('moved', '1'), { signal }));
    expect(await set()).toMatchObject({ ...unavailable, message: expect.stringContaining('READONLY') });
    await expect.poll(set, { timeout: 15_000 }).toBe('OK');
    expect(await server.run(['get', 'moved'])).toContain('1');
    await replica.stop();
  });

  it('refuses everything once it is closed, and ends its readers', async () => {
    const redis = await open({ address: server.address });
    const reader = await listen(redis, 'c');
    const taken = expect(reader.take(60_000)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await redis.close();
    await redis.close();
    await taken;
    await expect(get(redis, 'a')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await expect(redis.subscribe('listening', {}, { signal })).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
