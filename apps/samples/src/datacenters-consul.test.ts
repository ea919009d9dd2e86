import { createConfigClient, createRegistry } from '@weft/host';
import { describeOn, freePorts, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const POLL = { timeout: 15_000, interval: 100 };

let near: RunningServer;
let far: RunningServer;

async function startDatacenter(name: string, wanPort: number): Promise<RunningServer> {
  const args = ['-datacenter', name, '-node', `${name}-1`, '-serf-wan-port', String(wanPort)];
  return startServer('consul', { data: 'disk', args });
}

async function openRegistry(server: RunningServer, more: { readonly datacenter?: string; readonly timeout?: string } = {}) {
  const registry = await createRegistry({ driver: 'consul', address: server.address, ...more });
  onTestFinished(() => registry.close());
  return registry;
}

describeOn('consul', describe)('Two datacenters of Consul', () => {
  beforeAll(async () => {
    const [nearPort = 0, farPort = 0] = await freePorts(2);
    [near, far] = await Promise.all([startDatacenter('dc1', nearPort), startDatacenter('dc2', farPort)]);
    await near.run(['join', '-wan', `127.0.0.1:${farPort}`]);
    const isJoined = async () => expect(await near.run(['catalog', 'services', '-datacenter=dc2'])).toContain('consul');
    await vi.waitFor(isJoined, POLL);
  });
  afterAll(() => Promise.all([near?.stop(), far?.stop()]));

  it('have services of their own, and `datacenter` says whose are found and watched', async () => {
    const [here, there, across] = [
      await openRegistry(near),
      await openRegistry(far),
      await openRegistry(near, { datacenter: 'dc2' }),
    ];
    await here.register({ id: 'users-here', name: 'users', port: 1 });
    await there.register({ id: 'users-there', name: 'users', port: 2 });
    const idsOf = async (registry: typeof here) => (await registry.getServices('users')).map(({ id }) => id);
    await expect.poll(() => idsOf(across), POLL).toEqual(['users-there']);
    expect(await idsOf(here)).toEqual(['users-here']);
    const view = across.view('users');
    await there.register({ id: 'users-late', name: 'users', port: 3 });
    await expect.poll(() => view.instances.map(({ id }) => id).sort(), POLL).toEqual(['users-late', 'users-there']);
    view.release();
  });

  it('have values of their own, and `datacenter` says whose are read and written', async () => {
    const open = (datacenter: string) => createConfigClient({ driver: 'consul', address: near.address, datacenter });
    const [here, across] = [await open('dc1'), await open('dc2')];
    onTestFinished(async () => void (await Promise.all([here.close(), across.close()])));
    await Promise.all([here.set('color', 'green'), across.set('color', 'blue')]);
    expect([await here.get('color'), await across.get('color')]).toEqual(['green', 'blue']);
    expect(JSON.parse(await far.run(['kv', 'get', 'config/color']))).toBe('blue');
  });

  it('that are not known are told as such, and as something that may come', async () => {
    const registry = await openRegistry(near, { datacenter: 'dc9', timeout: '2s' });
    await expect(registry.getServices('users')).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('No path to datacenter'),
    });
  });
});
