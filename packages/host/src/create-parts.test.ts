import { createLoadBalancer } from '@weft/balancer';
import { CircuitBreaker } from '@weft/breaker';
import { virtualClock } from '@weft/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createCircuitBreaker } from './create-circuit-breaker.js';
import { type CreateClientConfig, createClient } from './create-client.js';
import { createConfigClient } from './create-config-client.js';
import { createRegistry } from './create-registry.js';
import { createService } from './create-service.js';
import { createServiceDiscovery } from './create-service-discovery.js';
import { createTracer } from './create-tracer.js';

let app: TemporaryApp;
let registry: { readonly driver: string; readonly address: string };
let around: { readonly from: string };

beforeEach(async () => {
  app = await temporaryApp({}, ['@weft/registry-memory', '@weft/config-memory', '@weft/transport-http']);
  registry = { driver: 'memory', address: app.folder };
  around = { from: app.folder };
});
afterEach(() => app.remove());

async function startedOrders() {
  const service = await createService({ name: 'orders', registry, drain: { grace: '1s' } }, around);
  service.addHandler('GET /orders/:id', ({ params }) => ({ id: params.id }));
  await service.start();
  return service;
}

/** Counts how often it is evaluated; TypeScript, which Node 20 cannot import by itself. */
const COUNTING = `
  const counts = globalThis as { evaluated?: number };
  counts.evaluated = (counts.evaluated ?? 0) + 1;
  const options = { '~standard': { version: 1, vendor: 'fixture', validate: (value: unknown) => ({ value }) } };
  const value = { supports: {}, close: async () => {} };
  export default { contract: 1, slot: 'registry' as const, name: 'own', options, open: async () => ({ value }) };`;

describe("A driver of one's own in TypeScript", () => {
  it('is evaluated once, however many load it at a time', async () => {
    await app.write('own.ts', COUNTING);
    const make = () => createRegistry({ from: './own.ts' }, around);
    const registries = await Promise.all([make(), make(), make()]);
    expect(globalThis).toHaveProperty('evaluated', 1);
    for (const registry of registries) await registry.close();
  });
});

describe('createService and createClient', () => {
  it('find each other through the registry that both name', async () => {
    const service = await startedOrders();
    const client = await createClient({ serviceName: 'orders', registry, timeout: '3s', loadBalancer: 'round_robin' }, around);
    expect((await client.call('GET', '/orders/7')).data).toEqual({ id: '7' });
    expect(client.getTimeout()).toBe(3_000);
    await client.close();
    await service.stop();
    expect(service.isRunning()).toBe(false);
  });

  it("take the seed's form: a word, an address beside it, snake_case as data (S11, S12)", async () => {
    const service = await startedOrders();
    const seed = {
      service_name: 'orders',
      registry: 'memory',
      registry_address: app.folder,
      load_balancer: 'random',
      max_retries: 1,
    };
    const client = await createClient(seed as CreateClientConfig, around);
    expect((await client.get('/orders/1')).statusCode).toBe(200);
    expect(client.getLoadBalancer().strategy).toBe('random');
    await client.close();
    await service.stop({ immediate: true });
  });

  it('take ready-made parts, and leave a registry of the caller open (S13, S14)', async () => {
    const shared = await createRegistry('memory', app.folder, around);
    const service = await createService({ name: 'orders', registry: shared }, around);
    service.addHandler('GET /', () => 'ok');
    await service.start();
    const circuitBreaker = new CircuitBreaker({ threshold: 1 });
    const loadBalancer = createLoadBalancer('round_robin');
    const client = await createClient({ serviceName: 'orders', registry: shared, circuitBreaker, loadBalancer }, around);
    expect((await client.get('/')).data).toBe('ok');
    expect(client.getCircuitBreaker()).toBe(circuitBreaker);
    expect(client.getLoadBalancer()).toBe(loadBalancer);
    await client.close();
    await service.stop();
    expect(await shared.getServices('orders')).toEqual([]);
    await shared.close();
  });

  it('switch the breaker off, on, or set it', async () => {
    const off = await createClient({ serviceName: 'orders', registry, circuitBreaker: false }, around);
    expect(off.getCircuitBreaker()).toBeUndefined();
    const set = await createClient({ serviceName: 'orders', registry, circuitBreaker: { threshold: 1, timeout: '5s' } }, around);
    set.getCircuitBreaker()?.tryEnter()?.done('failed', 1);
    expect(set.getCircuitBreaker()?.isOpen()).toBe(true);
    await Promise.all([off.close(), set.close()]);
  });

  it('let a service be started again after its start has failed', async () => {
    const first = await startedOrders();
    const second = await createService({ name: 'orders', registry, port: first.port }, around);
    await expect(second.start()).rejects.toThrow();
    await first.stop({ immediate: true });
    await second.start();
    expect(second.isRunning()).toBe(true);
    await second.stop({ immediate: true });
  });

  it('refuse what is wrong with words and drivers together', async () => {
    const bad = { registry: { driver: 'memory', addres: 'x', ttll: 1 }, retrys: 1, loadBalancer: 'rond_robin' };
    const error = await createClient(bad as CreateClientConfig, around).catch((reason: unknown) => reason);
    expect(String(error)).toBe(
      [
        'WeftError: WEFT_CONFIG_INVALID  createClient',
        '  retrys: unknown key. Did you mean "retries"?',
        '  registry.addres: unknown key. Did you mean "address"?',
        '  registry.ttll: unknown key. Did you mean "ttl"?',
        '  client.loadBalancer.strategy: unknown strategy "rond_robin". Known: round_robin, random, weighted, least_connections, p2c_ewma, consistent_hash. Did you mean "round_robin"?',
      ].join('\n'),
    );
  });
});

/** Tells what it was opened with. */
const TELLING = `
  const options = { '~standard': { version: 1, vendor: 'fixture', validate: (value: unknown) => ({ value }) } };
  const value = { supports: {}, close: async () => {} };
  const open = async (_: unknown, { timeoutMs }: { timeoutMs?: number }) => {
    const told = globalThis as { timeouts?: unknown[] };
    (told.timeouts ??= []).push(timeoutMs);
    return { value };
  };
  export default { contract: 1, slot: 'SLOT' as const, name: 'own', options, open };`;

describe('The timeout of a block', () => {
  it('is told to its driver in ms, and nothing where the block has none: the driver knows better', async () => {
    Reflect.deleteProperty(globalThis, 'timeouts');
    await app.write('registry.ts', TELLING.replace('SLOT', 'registry'));
    await app.write('center.ts', TELLING.replace('SLOT', 'config'));
    for (const timeout of [{ timeout: '3s' }, { timeout: 250 }, {}]) {
      await (await createRegistry({ from: './registry.ts', ...timeout }, around)).close();
      await (await createConfigClient({ from: './center.ts', ...timeout }, around)).close();
    }
    expect(Reflect.get(globalThis, 'timeouts')).toEqual([3_000, 3_000, 250, 250, undefined, undefined]);
  });
});

describe('createRegistry', () => {
  it('registers and finds, and is closed with its driver (S46)', async () => {
    const own = await createRegistry('memory', app.folder, around);
    const { id } = await own.register({ name: 'test-service', host: '127.0.0.1', port: 8081, version: '1.0.0' });
    expect((await own.getService('test-service')).name).toBe('test-service');
    await own.deregister(id);
    await own.close();
    await expect(own.getService('test-service')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('finds nobody at an address that the config does not allow (R85)', async () => {
    const service = await startedOrders();
    const refused: string[] = [];
    const strict = await createRegistry({ ...registry, allowedAddresses: ['10.0.0.0/8'] }, around);
    strict.on('record.refused', ({ reason }) => refused.push(reason));
    const lenient = await createRegistry({ ...registry, allowedAddresses: ['127.0.0.0/8'] }, around);
    expect(await lenient.getServices('orders')).toHaveLength(1);
    expect(await strict.getServices('orders')).toEqual([]);
    expect(refused[0]).toContain('127.0.0.1');
    await Promise.all([strict.close(), lenient.close(), service.stop({ immediate: true })]);
    const wrong = createRegistry({ ...registry, allowedAddresses: ['10.0.0.0/99'] }, around);
    await expect(wrong).rejects.toThrow('registry.allowedAddresses[0]');
  });

  it('says how to install a driver that is missing', async () => {
    await expect(createRegistry('consul', 'localhost:8500', around)).rejects.toMatchObject({
      code: 'WEFT_PLUGIN_NOT_INSTALLED',
      message:
        'config.registry.driver is "consul", which lives in @weft/registry-consul, and that package is not installed. Run: pnpm add @weft/registry-consul',
    });
  });
});

describe('createServiceDiscovery', () => {
  it('finds services and hands them over callable (S53, S54)', async () => {
    const service = await startedOrders();
    const discovery = await createServiceDiscovery('memory', app.folder, around);
    expect((await discovery.getServices('orders'))[0]?.name).toBe('orders');
    const orders = await discovery.getService('orders');
    expect((await orders.call('GET', '/orders/1')).data).toEqual({ id: '1' });
    await discovery.close();
    await service.stop();
  });
});

describe('createConfigClient', () => {
  it('takes registry for driver, and puts the prefix before each key (S84-S86)', async () => {
    const own = await createConfigClient({ registry: 'memory', address: app.folder, prefix: 'config' }, around);
    const other = await createConfigClient({ driver: 'memory', address: app.folder, prefix: '' }, around);
    await own.set('database', { host: 'a' });
    expect(await other.get('config/database')).toEqual({ host: 'a' });
    await Promise.all([own.close(), other.close()]);
    await expect(own.get('database')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});

describe('createTracer', () => {
  it('makes spans without any exporter', async () => {
    const tracer = await createTracer({ serviceName: 'users' }, around);
    const span = tracer.startSpan('create_user');
    const child = tracer.startSpan('validate_user', span);
    child.setTag('error', true).logKV('error', 'failed').finish();
    expect(child.context.traceId).toBe(span.context.traceId);
    await tracer.close();
  });

  it('needs a driver for a sampler or a reporter (S91)', async () => {
    const reporter = { type: 'jaeger', url: 'http://localhost:14268/api/traces' };
    await expect(createTracer({ serviceName: 'users', sampler: 0.1, reporter }, around)).rejects.toMatchObject({
      code: 'WEFT_PLUGIN_NOT_INSTALLED',
    });
  });
});

describe('createCircuitBreaker', () => {
  it('is there at once, and half-open after its time without a call (S60-S64)', async () => {
    const clock = virtualClock();
    const breaker = createCircuitBreaker({ threshold: 3, timeout: '10s', clock });
    for (let call = 0; call < 3; call++) {
      await expect(breaker.execute(() => Promise.reject(new Error('service error')))).rejects.toThrow('service error');
    }
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(10_000);
    expect(breaker.isHalfOpen()).toBe(true);
  });

  it('takes every mode of the built-in breaker', () => {
    const breaker = createCircuitBreaker({ mode: 'rate', ratio: 0.5, minCalls: 2, window: '1s', slow: { threshold: '2s' } });
    for (let call = 0; call < 2; call++) breaker.tryEnter()?.done('failed', 1);
    expect(breaker.isOpen()).toBe(true);
    expect(() => createCircuitBreaker({ ratio: 0.5 })).toThrow('circuitBreaker.ratio');
    expect(() => createCircuitBreaker(JSON.parse('{ "slow": { "treshold": 1 } }'))).toThrow('Did you mean "threshold"?');
  });

  it('refuses what it does not know, and drivers that open asynchronously', () => {
    expect(() => createCircuitBreaker({ treshold: 3 })).toThrow(
      'circuitBreaker.treshold: unknown key. Did you mean "threshold"?',
    );
    expect(() => createCircuitBreaker({ driver: 'opossum' })).toThrow('circuitBreaker.driver: cannot be opened at once');
  });
});
