import { createClient, createHost, createRegistry, parseConfig, type RegistryConfig, type WeftConfig } from '@weft/host';
import { OtlpReceiver } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CENTER, REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';
import { getMicroserviceConfig } from './seed-13-config-example.js';
import { startedService } from './started-service.js';

inSampleFolder();

/** The seed's tree as its JSON keys have it. */
const IN_SNAKE_CASE = {
  service: {
    name: 'user-service',
    version: '1.0.0',
    port: 8080,
    metadata: { environment: 'production', region: 'us-west-1' },
    health_check: { path: '/health', interval: '30s', timeout: '5s' },
  },
  client: {
    timeout: '30s',
    retries: 3,
    retry_delay: '1s',
    max_retries: 5,
    load_balancer: 'round_robin',
    circuit_breaker: true,
  },
  registry: { driver: 'consul', address: 'localhost:8500', timeout: '10s', ttl: '30s' },
  load_balancer: { strategy: 'round_robin', options: { max_retries: 3 } },
  circuit_breaker: { threshold: 5, timeout: '30s', half_open: true },
  tracing: {
    enabled: true,
    service_name: 'user-service',
    sampler: 0.1,
    reporter: { type: 'jaeger', url: 'http://localhost:14268/api/traces' },
  },
  config: { driver: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' },
  service_mesh: { enabled: true, sidecar: true, proxy: { port: 15_001, admin_port: 15_000 } },
};

describe('seed 12: the types of the config', () => {
  it('has the eight blocks, and reads their snake_case keys as the camelCase ones (S99-S133, S135)', () => {
    expect(parseConfig(IN_SNAKE_CASE)).toEqual(parseConfig(getMicroserviceConfig()));
    expect(Object.keys(parseConfig(IN_SNAKE_CASE)).sort()).toEqual(
      ['circuitBreaker', 'client', 'config', 'loadBalancer', 'registry', 'service', 'serviceMesh', 'tracing'].sort(),
    );
  });

  it("refuses Go's nanoseconds, which would be ms otherwise (S106)", () => {
    const client = { ...IN_SNAKE_CASE.client, timeout: 30_000_000_000 };
    expect(() => parseConfig({ ...IN_SNAKE_CASE, client })).toThrow(/client\.timeout: .*is this Go nanoseconds\? write "30s"/);
  });
});

describe('seed 13: an example of a config', () => {
  it('is valid as it stands (S99-S134)', () => {
    expect(parseConfig(getMicroserviceConfig())).toEqual(getMicroserviceConfig());
  });

  async function hostOfTheTree(change: WeftConfig = {}) {
    const { serviceMesh: _, ...tree } = getMicroserviceConfig();
    const service = { ...tree.service, port: 0, drain: { propagation: 0 } };
    const registry = { ...CENTER, timeout: '10s', ttl: '30s' };
    const config = { ...CENTER, prefix: 'config', timeout: '10s' };
    const whole = { ...tree, registry, config, service, logging: { level: 'silent' }, ...change } as const;
    const host = await createHost(whole, { signals: false });
    onTestFinished(() => host.stop());
    return { host, tree };
  }

  it('runs a host, with what is there today of it: all but the mesh (S99-S127, S134)', async () => {
    const { host, tree } = await hostOfTheTree();
    host.service?.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    await host.start();
    const reply = await host.client('user-service').call('GET', '/users/1');
    expect(reply.data).toEqual({ id: '1' });
    expect(reply.instance).toMatchObject({ version: '1.0.0', healthPath: '/health', metadata: tree.service.metadata });
    const drivers = host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`);
    const center = CENTER.registry;
    expect(drivers.sort()).toEqual([`config ${center}`, `registry ${center}`, 'tracing otel', 'transport http']);
  });

  it('traces with the name, the share and the reporter that the tree says (S121, S122, S123, S124, S125)', async () => {
    const collector = await OtlpReceiver.open();
    onTestFinished(() => collector.close());
    const reporter = { type: 'jaeger', url: collector.url };
    const { host } = await hostOfTheTree({ tracing: { ...getMicroserviceConfig().tracing, sampler: 1, reporter } });
    host.service?.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    await host.start();
    await host.client('user-service').call('GET', '/users/1');
    await host.stop();
    const spans = collector.spansOf('user-service').map(({ kind, name }) => `${kind} ${name}`);
    expect(spans.sort()).toEqual(['client GET user-service', 'server GET /users/:id']);
  });

  it('makes no spans when tracing is switched off (S121)', async () => {
    const { host } = await hostOfTheTree({ tracing: { ...getMicroserviceConfig().tracing, enabled: false } });
    expect(host.describe().drivers.map(({ slot }) => slot)).not.toContain('tracing');
  });

  it('switches a breaker on with true, which then follows the block of the breaker (S68, S111, S118)', async () => {
    const client = { ...getMicroserviceConfig().client, retries: 0 };
    const { host } = await hostOfTheTree({ client });
    host.service?.addHandler('/', () => {
      throw new Error('down');
    });
    await host.start();
    const users = host.client('user-service');
    for (let call = 0; call < 5; call++) expect((await users.get('/')).statusCode).toBe(500);
    await expect(users.get('/')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
  });

  it('tries at most max_retries further instances in one call (S74, S117)', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      await startedService({ name: 'busy', id }, { '/': ({ json }) => json({}, { status: 503 }) });
    }
    const triedWith = async (maxRetries: number) => {
      const loadBalancer = { strategy: 'round_robin', options: { maxRetries } };
      const client = await createClient({ serviceName: 'busy', registry: REGISTRY, retries: 3, loadBalancer, retryDelay: 1 });
      onTestFinished(() => client.close());
      return new Set((await client.get('/')).attempts.map(({ instance }) => instance)).size;
    };
    expect([await triedWith(1), await triedWith(3)]).toEqual([2, 4]);
  });

  it('knows the drivers of the seed, of its origin and of the card by their words (S58)', async () => {
    const readAtRunTime = { driver: 'consull' } as RegistryConfig;
    const error = await createRegistry(readAtRunTime).catch((reason: unknown) => reason);
    expect(String(error)).toContain('unknown driver "consull". Known: ');
    for (const word of ['memory', 'file', 'consul', 'etcd', 'redis', 'zookeeper']) expect(String(error)).toContain(word);
    expect(String(error)).toContain('Did you mean "consul"?');
  });
});
