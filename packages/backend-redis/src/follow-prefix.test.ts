import { type ConfigEvent, noopLogger } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { followPrefix, openRedis, type RedisBackend, RedisTexts } from './index.js';

const endings: (() => Promise<unknown>)[] = [];

/** A reader of a prefix, and what it was told. */
async function follow(address: string, prefix: string, warn: (line: string, fields?: object) => void = () => {}) {
  const redis: RedisBackend = await openRedis({ address }, { logger: { ...noopLogger, warn } });
  const control = new AbortController();
  const events: ConfigEvent[] = [];
  const read = async () => {
    for await (const event of followPrefix(new RedisTexts(redis), prefix, { signal: control.signal })) events.push(event);
  };
  const done = read();
  endings.push(async () => {
    control.abort();
    await done;
    await redis.close();
  });
  await expect.poll(() => events.length).toBe(1);
  return events;
}

const keyOf = (event: ConfigEvent) => ('put' in event ? event.put.key : 'removed' in event ? event.removed : event.list);

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

for (const [how, flags] of [
  ['that tells of its keys', 'KEA'],
  ['that tells of nothing', ''],
] as const) {
  describeOn('redis', describe)(`followPrefix on a server ${how}`, () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer('redis', { args: ['--notify-keyspace-events', flags] });
    });
    afterAll(() => server.stop());
    afterEach(() => server.run(['flushall']));

    it('tells of what redis-cli sets, changes, renames, removes and lets expire', async () => {
      const events = await follow(server.address, 'config');
      const steps: readonly (readonly [string[], ConfigEvent])[] = [
        [['set', 'config/a', '1'], { put: { key: 'config/a', text: '1', revision: '356a192b7913b04c' } }],
        [['append', 'config/a', '2'], { put: { key: 'config/a', text: '12', revision: expect.any(String) } }],
        [['rename', 'config/a', 'elsewhere'], { removed: 'config/a' }],
        [['set', 'config', '3'], { put: { key: 'config', text: '3', revision: expect.any(String) } }],
        [['del', 'config'], { removed: 'config' }],
        [['set', 'config/b', '4', 'px', '3000'], { put: { key: 'config/b', text: '4', revision: expect.any(String) } }],
        [['get', 'config/b'], { removed: 'config/b' }],
      ];
      for (const [at, [command, expected]] of steps.entries()) {
        await server.run(command);
        await expect.poll(() => events.slice(at + 1)).toEqual([expected]);
      }
    });

    it('tells nothing of keys whose names only match its prefix as a pattern', async () => {
      const events = await follow(server.address, 'co*[f]?g\\');
      for (const key of ['co*[f]?g\\/a', 'conf/a', 'cofg/a', 'conf1g/a', 'co*[f]?g\\b/a']) await server.run(['set', key, '1']);
      await expect.poll(() => events.length).toBeGreaterThan(1);
      await server.run(['del', 'co*[f]?g\\/a']);
      await expect.poll(() => events.length).toBe(3);
      expect(events.slice(1).map(keyOf)).toEqual(['co*[f]?g\\/a', 'co*[f]?g\\/a']);
    });

    it('tells that everything has gone when the database is emptied', async () => {
      await server.run(['mset', 'config/a', '1', 'config/b', '2', 'foreign', '3']);
      const events = await follow(server.address, 'config');
      await server.run(['flushall']);
      await expect.poll(() => events.slice(1).map(keyOf).sort()).toEqual(['config/a', 'config/b']);
    });

    it('leaves out what is no text, with one warning, and takes it in when it is', async () => {
      await server.run(['hset', 'config/hash', 'a', '1']);
      const warnings: unknown[] = [];
      const events = await follow(server.address, 'config', (_, fields) => void warnings.push(fields));
      await server.run(['set', 'config/text', '1']);
      await expect.poll(() => events.length).toBe(2);
      await server.run(['set', 'config/hash', '1']);
      await expect.poll(() => events.length).toBe(3);
      expect(events.slice(1).map(keyOf)).toEqual(['config/text', 'config/hash']);
      expect(warnings).toEqual([{ key: 'config/hash' }]);
    });
  });
}

describeOn('redis', describe)('followPrefix', () => {
  it('throws when the connection is lost, at once when the server is killed', async () => {
    const server = await startServer('redis');
    const redis = await openRedis({ address: server.address });
    const watch = followPrefix(new RedisTexts(redis), 'config', { signal: new AbortController().signal });
    expect((await watch.next()).value).toEqual({ list: [] });
    const next = expect(watch.next()).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'reset' });
    await server.kill();
    await next;
    await redis.close();
    await server.stop();
  });

  it('does without CONFIG, which many may not use', async () => {
    const server = await startServer('redis', { args: ['--notify-keyspace-events', 'KEA', '--rename-command', 'CONFIG', ''] });
    const events = await follow(server.address, '');
    await server.run(['set', 'a', '1']);
    await expect.poll(() => events.slice(1).map(keyOf)).toEqual(['a']);
    endings.push(() => server.stop());
  });
});
