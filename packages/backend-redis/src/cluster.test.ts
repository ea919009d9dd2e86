import { type ConfigEvent, systemClock } from '@weft/core';
import { describeOn, freePorts, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { followPrefix, openRedis, type RedisBackend, RedisTexts } from './index.js';

const { signal } = new AbortController();
const LAST_SLOT = 16_383;
const MIDDLE_SLOT = 8_000;

/** Two masters that share the slots. */
async function startCluster(): Promise<readonly [RunningServer, RunningServer]> {
  // Without a word it would be 10,000 above the other port, where anybody's connection may have its near end after a kill.
  const [firstBus = 0, secondBus = 0] = await freePorts(2);
  const start = (bus: number) => {
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', `${bus}`];
    return startServer('redis', { data: 'disk', args });
  };
  const [first, second] = await Promise.all([start(firstBus), start(secondBus)]);
  await first.run(['cluster', 'addslotsrange', '0', String(MIDDLE_SLOT)]);
  await second.run(['cluster', 'addslotsrange', String(MIDDLE_SLOT + 1), String(LAST_SLOT)]);
  await first.run(['cluster', 'meet', '127.0.0.1', String(second.port), String(secondBus)]);
  for (const server of [first, second]) {
    const isWhole = async () => expect(await server.run(['cluster', 'info'])).toContain('cluster_state:ok');
    await vi.waitFor(isWhole, { timeout: 20_000, interval: 100 });
  }
  return [first, second];
}

describeOn('redis', describe)('a cluster', () => {
  let first: RunningServer;
  let second: RunningServer;
  const opened: RedisBackend[] = [];

  const open = async () => {
    const redis = await openRedis({ address: ['127.0.0.1:1', first.address], cluster: true });
    opened.push(redis);
    return redis;
  };
  const set = (redis: RedisBackend, key: string) => redis.run('writing', (commands) => commands.set(key, key), { signal });

  beforeAll(async () => {
    [first, second] = await startCluster();
  });
  afterEach(() => Promise.all(opened.splice(0).map((redis) => redis.close())));
  afterAll(() => Promise.all([first.stop(), second.stop()]));

  it('is found from any of its servers, and used as one: keys, scripts, messages, a prefix', async () => {
    const [redis, writer] = [await open(), await open()];
    const keys = Array.from({ length: 20 }, (_, at) => `shared/${at}`);
    const texts = new RedisTexts(redis);
    const watch = followPrefix(texts, 'shared', { signal });
    expect((await watch.next()).value).toEqual({ list: [] });
    for (const key of keys) await set(writer, key);
    const sizes = await Promise.all([first, second].map((server) => server.run(['dbsize'])));
    for (const size of sizes) expect(Number(size)).toBeGreaterThan(0);
    const seen = new Set<string>();
    while (seen.size < keys.length) {
      const { value } = await watch.next();
      const event: ConfigEvent = value ?? { list: [] };
      if ('put' in event) seen.add(event.put.text);
    }
    expect((await texts.keys('shared', { signal })).toSorted()).toEqual(keys.toSorted());
    await watch.return(undefined);

    const counted = redis.script(
      "redis.call('PUBLISH', ARGV[1], 'told') return redis.call('INCRBY', KEYS[1], redis.call('INCR', KEYS[2]))",
    );
    const reader = await writer.subscribe('listening', { channels: ['c'] }, { signal });
    for (const tag of ['a', 'b', 'c']) expect(await counted('counting', [`x{${tag}}`, `y{${tag}}`], ['c'], { signal })).toBe(1);
    await expect.poll(async () => (await reader.take(1_000))?.length).toBeGreaterThan(0);
  });

  it('is not reached while a server is gone, and is again when that is back', async () => {
    const redis = await open();
    const ofFirst = async () => set(redis, 'shared/1').catch((error: unknown) => error);
    await first.kill();
    await second.kill();
    await expect.poll(ofFirst, { timeout: 20_000 }).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await Promise.all([first.start(), second.start()]);
    const startedAt = systemClock.now();
    await expect.poll(ofFirst, { timeout: 15_000 }).toBe('OK');
    expect(systemClock.now() - startedAt).toBeLessThan(15_000);
  });
});
