import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, createConfigClient, createRegistry, createService } from '@weft/host';
import { describeOn, findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

const POLL = { timeout: 15_000, interval: 100 };

let server: RunningServer;

function backend() {
  return { driver: 'consul', address: server.address };
}

async function startOrders(id: string) {
  const service = await createService({
    id,
    name: 'orders',
    version: '1.2.3',
    tags: ['blue'],
    metadata: { region: 'eu' },
    healthCheck: { path: '/health', interval: '1s' },
    registry: backend(),
  });
  onTestFinished(() => service.stop({ immediate: true }));
  await service.start();
  return service;
}

async function openConfig() {
  const config = await createConfigClient({ ...backend(), prefix: 'config' });
  onTestFinished(() => config.close());
  return config;
}

/** `consul watch`, which writes a line of JSON at each change. */
function startWatch(args: readonly string[]): string[] {
  const consul = findServer('consul');
  if ('missing' in consul) throw new Error(consul.missing);
  const watch: ChildProcess = spawn(consul.tool, ['watch', ...args, 'cat'], {
    env: { ...process.env, ...consul.env, CONSUL_HTTP_ADDR: server.address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    watch.kill('SIGKILL');
    await once(watch, 'exit');
  });
  const told: string[] = [];
  watch.stdout?.setEncoding('utf8').on('data', (text: string) => told.push(text));
  return told;
}

describeOn('consul', describe)("Consul's own tools", () => {
  beforeAll(async () => {
    server = await startServer('consul');
  });
  afterAll(() => server.stop());

  it('list our service, and no longer when it has left', async () => {
    const service = await startOrders('orders-1');
    expect((await server.run(['catalog', 'services', '-tags'])).trim().split('\n')).toContainEqual(
      expect.stringMatching(/^orders\s.*\bblue\b/),
    );
    await service.stop({ immediate: true });
    await expect.poll(() => server.run(['catalog', 'services']), POLL).not.toContain('orders');
  });

  it('resolve our service by DNS to the address and the port of each instance that is up', async () => {
    const [first, second] = [await startOrders('orders-1'), await startOrders('orders-2')];
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.ports.dns}`]);
    const ports = async () => (await resolver.resolveSrv('orders.service.consul').catch(() => [])).map(({ port }) => port).sort();
    await expect.poll(ports, POLL).toEqual([first.port, second.port].sort());
    expect(await resolver.resolve4('blue.orders.service.consul')).toEqual([first.address]);
    first.setHealthCheck({ database: () => false });
    await expect.poll(ports, POLL).toEqual([second.port]);
  });

  it('watch our service', async () => {
    const told = startWatch(['-type=service', '-service=orders']);
    await startOrders('orders-7');
    await expect.poll(() => told.at(-1), POLL).toContain('"ID":"orders-7"');
    const [entry] = JSON.parse(told.at(-1) ?? '[]');
    expect(entry.Service).toMatchObject({ Service: 'orders', Tags: ['blue'], Meta: { region: 'eu' } });
  });

  it('register a service that our client calls, until it is deregistered', async () => {
    const foreign = createServer((_, response) => response.end('{"from":"elsewhere"}')).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    onTestFinished(() => void foreign.close());
    const { port } = foreign.address() as AddressInfo;
    const client = await createClient({ serviceName: 'billing', registry: backend() });
    onTestFinished(() => client.close());
    await server.run([
      'services',
      'register',
      '-name=billing',
      '-id=billing-7',
      '-address=127.0.0.1',
      `-port=${port}`,
      '-meta=team=a',
    ]);
    const reply = await client.get('/');
    expect([reply.text(), reply.instance.id, reply.instance.metadata]).toEqual([
      '{"from":"elsewhere"}',
      'billing-7',
      { team: 'a' },
    ]);
    const registry = await createRegistry(backend());
    onTestFinished(() => registry.close());
    expect(await registry.getServices('billing')).toHaveLength(1);
    await server.run(['services', 'deregister', '-id=billing-7']);
    await expect.poll(() => registry.getServices('billing'), POLL).toEqual([]);
  });

  it('read and watch our values', async () => {
    const config = await openConfig();
    await config.set('database', { host: 'db-1' });
    expect(JSON.parse(await server.run(['kv', 'get', 'config/database']))).toEqual({ host: 'db-1' });
    const told = startWatch(['-type=key', '-key=config/database']);
    await expect.poll(() => told.length, POLL).toBe(1);
    await config.set('database', { host: 'db-2' });
    await expect.poll(() => told.length, POLL).toBe(2);
    const { Value } = JSON.parse(told[1] ?? '{}');
    expect(JSON.parse(Buffer.from(Value, 'base64').toString())).toEqual({ host: 'db-2' });
  });

  it('write a value that our watch sees', async () => {
    const config = await openConfig();
    const seen: unknown[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const value of config.watch('by-hand', { signal: ending.signal })) seen.push(value);
    })();
    await expect.poll(() => seen, POLL).toEqual([undefined]);
    await server.run(['kv', 'put', 'config/by-hand', '{"host":"a"}']);
    await expect.poll(() => seen.at(-1), POLL).toEqual({ host: 'a' });
    await server.run(['kv', 'delete', 'config/by-hand']);
    await expect.poll(() => seen.at(-1), POLL).toBeUndefined();
    ending.abort();
    await watching;
  });
});
