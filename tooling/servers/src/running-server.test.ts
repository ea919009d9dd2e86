import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeOn } from './describe-on.js';
import { isAlive } from './is-alive.js';
import type { ServerName } from './server-name.js';
import { type StartServerOptions, startServer } from './start-server.js';

/** How each server is told a value, and asked for it. */
const words: Readonly<Record<'redis' | 'etcd' | 'etcd35' | 'consul', { set: string[]; get: string[] }>> = {
  redis: { set: ['set', 'color', 'green'], get: ['get', 'color'] },
  etcd: { set: ['put', 'color', 'green'], get: ['get', '--print-value-only', 'color'] },
  etcd35: { set: ['put', 'color', 'green'], get: ['get', '--print-value-only', 'color'] },
  consul: { set: ['kv', 'put', 'color', 'green'], get: ['kv', 'get', 'color'] },
};

for (const name of ['redis', 'etcd', 'etcd35', 'consul'] as const) {
  const { set, get } = words[name];

  describeOn(name, describe)(`a started ${name}`, () => {
    it('answers its own tool, and leaves nothing when it is stopped', async () => {
      const server = await startServer(name);
      await server.run(set);
      expect((await server.run(get)).trim()).toBe('green');
      const { pid, folder } = server;
      await Promise.all([server.stop(), server.stop()]);
      expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]);
    });

    it('has the same ports and, on disk, the same data after a kill, and no data after an empty restart', () =>
      using(name, { data: 'disk' }, async (server) => {
        await server.run(set);
        const { port, pid } = server;
        await server.kill();
        expect(isAlive(pid)).toBe(false);
        await server.start();
        expect(server.port).toBe(port);
        expect((await server.run(get)).trim()).toBe('green');
        await server.restart({ empty: true });
        expect((await server.run(get).catch(() => '')).trim()).toBe('');
      }));

    it('forgets everything at a kill when its data is in memory', () =>
      using(name, { data: 'memory' }, async (server) => {
        await server.run(set);
        await server.restart();
        expect((await server.run(get).catch(() => '')).trim()).toBe('');
      }));

    it('is silent while it is paused', () =>
      using(name, {}, async (server) => {
        await server.pause();
        let answered = false;
        const answer = server.run(get).then(
          () => {
            answered = true;
          },
          () => undefined,
        );
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(answered).toBe(false);
        server.resume();
        await answer;
      }));

    it('says why it does not start', async () => {
      const start = startServer(name, { args: ['--no-such-flag-at-all'] });
      await expect(start).rejects.toThrow(/ended before it was ready:\n[\s\S]*no-such-flag-at-all/);
    });
  });
}

describeOn('prometheus', describe)('a started prometheus', () => {
  it('scrapes what its config names', () =>
    using('prometheus', { config: 'scrape_configs: []\n' }, async (server) => {
      const answer = await fetch(`http://${server.address}/api/v1/query?query=1`);
      expect(await answer.json()).toMatchObject({ status: 'success' });
    }));
});

async function using(
  name: ServerName,
  options: StartServerOptions,
  use: (server: Awaited<ReturnType<typeof startServer>>) => Promise<void>,
) {
  const server = await startServer(name, options);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}
