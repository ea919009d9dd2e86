import { Registry } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRedisRegistry } from './index.js';

const MIDDLE_SLOT = 8_000;
const LAST_SLOT = 16_383;

describeOn('redis', describe)('a registry on a cluster', () => {
  let servers: readonly [RunningServer, RunningServer];

  beforeAll(async () => {
    const start = () => startServer('redis', { args: ['--cluster-enabled', 'yes'] });
    servers = await Promise.all([start(), start()]);
    const [first, second] = servers;
    await first.run(['cluster', 'addslotsrange', '0', String(MIDDLE_SLOT)]);
    await second.run(['cluster', 'addslotsrange', String(MIDDLE_SLOT + 1), String(LAST_SLOT)]);
    await first.run(['cluster', 'meet', '127.0.0.1', String(second.port)]);
    for (const server of servers) {
      const isWhole = async () => expect(await server.run(['cluster', 'info'])).toContain('cluster_state:ok');
      await vi.waitFor(isWhole, { timeout: 20_000, interval: 100 });
    }
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it('keeps each service on one server, and finds and follows all of them', async () => {
    const open = async () => new Registry(await openRedisRegistry({ address: servers[0].address, cluster: true }), { ttl: '2s' });
    const [provider, caller] = [await open(), await open()];
    const names = Array.from({ length: 8 }, (_, at) => `service ${at}`);
    const views = names.map((name) => caller.view(name));
    for (const view of views) await view.ready(5_000);
    const infos = [];
    for (const name of names) infos.push(await provider.register({ name, port: 1 }));
    await expect.poll(() => views.map(({ instances }) => instances.length)).toEqual(names.map(() => 1));
    expect((await caller.listServices()).map(({ name }) => name).sort()).toEqual(names);
    const sizes = await Promise.all(servers.map((server) => server.run(['dbsize'])));
    for (const size of sizes) expect(Number(size)).toBeGreaterThan(3);
    for (const info of infos) await provider.deregister(info);
    await expect.poll(() => views.flatMap(({ instances }) => instances)).toEqual([]);
    await Promise.all([provider.close(), caller.close()]);
  });
});
