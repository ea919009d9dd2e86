import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeRegistry, seededRandom, settle, virtualClock } from '@weft/conformance';
import type { Clock, Logger } from '@weft/core';
import { noopLogger } from '@weft/core';
import { Registry } from '@weft/registry';
import { openMemoryRegistry } from '@weft/registry-memory';
import { openMemoryTransport } from '@weft/transport-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from './http-call.fixture.js';
import { Service } from './service.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';
import type { ServiceRegistration, ServiceRegistry } from './service-registry.js';

const closing: { close(): Promise<void> }[] = [];
let addresses = 0;

async function openRegistry(): Promise<Registry> {
  const registry = new Registry(await openMemoryRegistry({ address: `life-cycle-${process.pid}-${addresses++}` }));
  closing.push(registry);
  return registry;
}

function open(options: Partial<ServiceOptions & ServiceParts> = {}): Service {
  const service = new Service({ name: 'orders', ...options });
  closing.unshift({ close: () => service.stop({ immediate: true }) });
  return service;
}

afterEach(async () => {
  for (const component of closing.splice(0)) await component.close();
});

/** Listeners of the process, of all events. */
function listeners(): number {
  return process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);
}

/** What is in use of the heap once it is swept. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** Notes everything that is asked of it. */
function recordingRegistry(answer: Promise<void> = Promise.resolve()): { registry: ServiceRegistry; log: string[] } {
  const log: string[] = [];
  const registration: ServiceRegistration = {
    get isRegistered() {
      return log.at(-1) !== 'withdraw';
    },
    registered: answer,
    update: (change) => void log.push(`update ${JSON.stringify(change)}`),
    withdraw: async () => void log.push('withdraw'),
  };
  const registry: ServiceRegistry = {
    propagationMs: 300,
    announce(service) {
      log.push(`announce ${service.status}`);
      return registration;
    },
  };
  return { registry, log };
}

describe('start()', () => {
  it('listens on any free port, then registers what is listened on', async () => {
    const registry = await openRegistry();
    const service = open({ registry, metadata: { zone: 'a' }, tags: ['blue'], weight: 2, version: '1.0.0' });
    expect([service.isRunning(), service.isRegistered()]).toEqual([false, false]);
    await service.start();
    await expect.poll(() => service.isRegistered()).toBe(true);
    expect(service.isRunning()).toBe(true);
    expect(await registry.getService('orders')).toMatchObject({
      id: service.id,
      host: '127.0.0.1',
      endpoints: [{ protocol: 'http', port: service.port }],
      metadata: { zone: 'a' },
      tags: ['blue'],
      weight: 2,
      version: '1.0.0',
      healthPath: '/health',
    });
  });

  it('joins a start that is under way, and is told once', async () => {
    const service = open();
    let started = 0;
    service.on('started', () => started++);
    await Promise.all([service.start(), service.start()]);
    await service.start();
    expect(started).toBe(1);
  });

  it('serves although the registry does not answer, and fails for that only when it is told to', async () => {
    const clock = virtualClock();
    const never = new Promise<void>(() => {});
    const free = open({ clock, registry: recordingRegistry(never).registry });
    const starting = free.start();
    await expect.poll(() => free.isRunning()).toBe(true);
    expect((await call(free.port, 'GET', '/livez')).status).toBe(200);
    await clock.advance(2_000);
    await starting;
    const strict = open({ clock, registry: recordingRegistry(never).registry, requireRegistration: true });
    const started = strict.start();
    const outcome = expect(started).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    await expect.poll(() => strict.isRunning()).toBe(true);
    await clock.advance(10_000);
    await outcome;
    expect(strict.isRunning()).toBe(false);
  });

  it('closes what it opened when a step fails, and may be tried again', async () => {
    const taken = open();
    await taken.start();
    const memory = openMemoryTransport({ address: `unwind-${process.pid}` });
    const { registry, log } = recordingRegistry();
    const second = open({ port: taken.port, registry, transports: [memory.server] });
    await expect(second.start()).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
    expect(log).toEqual([]);
    await taken.stop({ immediate: true });
    await second.start();
    expect(second.isRunning()).toBe(true);
  });

  it('answers on every wire through one handler table', async () => {
    const memory = openMemoryTransport({ address: `wires-${process.pid}` });
    const service = open({ transports: [memory.server] });
    service.addHandler<{ a: number }>('POST /double', ({ body }) => body.a * 2);
    await service.start();
    const instance = { ...service.toInfo(), endpoints: service.toInfo().endpoints ?? [] };
    const [, endpoint = { protocol: '', port: 0 }] = instance.endpoints;
    expect(endpoint.protocol).toBe('memory');
    const reply = await memory.client.send({
      instance: {
        id: service.id,
        name: 'orders',
        version: '1',
        host: '127.0.0.1',
        endpoints: [endpoint],
        status: 'up',
        incarnation: '1',
        weight: 1,
        tags: [],
        metadata: {},
      },
      endpoint,
      method: 'POST',
      path: '/double',
      headers: ['content-type', 'application/json'],
      body: '{"a":21}',
      stream: false,
    });
    expect([reply.status, String(reply.body)]).toEqual([200, '42']);
    expect((await call(service.port, 'POST', '/double', { body: { a: 4 } })).json).toBe(8);
  });

  it('advertises another address when it is told to', async () => {
    const service = open({ advertise: { host: 'orders.example.org', port: 443 } });
    await service.start();
    expect(service.toInfo()).toMatchObject({ host: 'orders.example.org', endpoints: [{ protocol: 'http', port: 443 }] });
    expect(open({ host: '0.0.0.0' }).address).not.toBe('0.0.0.0');
  });
});

describe('stop()', () => {
  it('says so, withdraws, serves on for the propagation time, finishes what runs, in this order', async () => {
    const { registry, log } = recordingRegistry();
    const clock = virtualClock();
    const service = open({ registry, clock });
    let release = () => {};
    service.addHandler('GET /slow', () => new Promise((resolve) => (release = () => resolve('done'))));
    service.mount('/legacy', (_, response) => response.end('old'));
    service.on('draining', () => log.push('draining')).on('stopped', () => log.push('stopped'));
    await service.start();
    const agent = new Agent({ keepAlive: true });
    expect((await call(service.port, 'GET', '/livez', { agent })).headers.connection).toBe('keep-alive');
    const slow = call(service.port, 'GET', '/slow');
    await settle(10);

    const { port } = service;
    const stopped = service.stop();
    expect(service.isRunning()).toBe(false);
    await settle();
    expect(log).toEqual(['announce up', 'update {"status":"draining"}', 'draining', 'withdraw']);
    const late = await call(port, 'GET', '/livez', { agent });
    expect([late.status, late.headers.connection]).toEqual([200, 'close']);
    expect((await call(port, 'GET', '/legacy', { agent })).headers.connection).toBe('close');
    expect((await call(port, 'GET', '/readyz')).json).toEqual({ status: 'draining' });

    await clock.advance(300);
    await settle(10);
    await expect(call(port, 'GET', '/livez')).rejects.toThrow('ECONNREFUSED');
    release();
    expect((await slow).json).toBe('done');
    await stopped;
    expect(log.at(-1)).toBe('stopped');
    expect(clock.pendingTimers()).toBe(0);
    agent.destroy();
  });

  it('R22 cuts a handler that never ends after the grace, and its signal fires', async () => {
    const clock = virtualClock();
    const service = open({ clock, drain: { grace: '20s' } });
    let reason: unknown;
    service.addHandler('GET /stuck', ({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason));
      return new Promise(() => {});
    });
    await service.start();
    const outcome = expect(call(service.port, 'GET', '/stuck')).rejects.toThrow('hang up');
    await settle(20);
    const stopped = service.stop();
    await settle(10);
    await clock.advance(20_000);
    await Promise.all([outcome, stopped]);
    expect(reason).toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('joins a stop that is under way; immediate hurries it', async () => {
    const service = open({ drain: { propagation: '1h', grace: '1h' } });
    let stopped = 0;
    service.on('stopped', () => stopped++);
    await service.start();
    const slow = service.stop();
    await settle();
    await Promise.all([slow, service.stop({ immediate: true }), service.stop()]);
    await service.stop();
    expect(stopped).toBe(1);
  });

  it('R25 leaves no registration behind when it comes before start() is over, 50 times', async () => {
    const registry = await openRegistry();
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const baseline = servers();
    for (let run = 0; run < 50; run++) {
      const service = open({ registry });
      const started = service.start().catch((error) => error.code);
      if (run % 2 === 1) await settle(run % 5);
      await service.stop();
      expect(['WEFT_CLOSED', undefined], `run ${run}`).toContain(await started);
      expect([service.isRunning(), service.isRegistered()]).toEqual([false, false]);
    }
    expect(await registry.listServices()).toEqual([]);
    expect(servers()).toBe(baseline);
  });

  it('may be followed by another start', async () => {
    const registry = await openRegistry();
    const service = open({ registry });
    for (let run = 0; run < 3; run++) {
      const stopping = service.stop();
      await service.start();
      await stopping;
      expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
      await service.stop();
    }
  });

  it('R24 ends in time although the registry does not answer, and serves until then', async () => {
    const clock = virtualClock();
    const driver = new FakeRegistry(clock);
    const registry = new Registry(driver, { clock, random: seededRandom(24) });
    const service = open({ clock, registry });
    await service.start();
    driver.isSilent = true;
    const stopped = service.stop();
    await clock.advance(1_900);
    expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
    await clock.advance(100);
    await stopped;
    expect([service.isRunning(), service.isRegistered()]).toEqual([false, false]);
    const closed = registry.close();
    await clock.advance(5_000);
    await closed;
    expect(clock.pendingTimers()).toBe(0);
  });

  it('R28 gives everything back, 100 times', async () => {
    const { registry } = recordingRegistry();
    const cycle = async () => {
      const service = new Service({ name: 'orders', registry, overload: true, idempotency: true, drain: { propagation: 0 } });
      service.addHandler('GET /', () => 'ok');
      await service.start();
      await call(service.port, 'GET', '/');
      await service.stop();
    };
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on('warning', onWarning);
    for (let run = 0; run < 10; run++) await cycle();
    const baseline = { handles: process.getActiveResourcesInfo().length, listeners: listeners(), heapBytes: heapBytes() };
    for (let run = 0; run < 100; run++) await cycle();
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(baseline.handles);
    expect(listeners()).toBe(baseline.listeners);
    expect(heapBytes() - baseline.heapBytes).toBeLessThan(10_000_000);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('does not fail for a listener that throws', async () => {
    const lines: string[] = [];
    const logger: Logger = { ...noopLogger, error: (message) => lines.push(message) };
    const service = open({ logger });
    let told = false;
    service.on('draining', () => {
      throw new Error('boom');
    });
    service.on('draining', () => (told = true));
    await service.start();
    await service.stop();
    expect([told, lines]).toEqual([true, ['a listener threw']]);
  });
});

describe('R20 A rolling stop under load, in one process', () => {
  it('fails no call', async () => {
    const registry = await openRegistry();
    const view = registry.view('orders');
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const start = async () => {
      const service = open({ registry, drain: { propagation: 50 } });
      service.addHandler('/work', async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return 'ok';
      });
      await service.start();
      return service;
    };
    const services = await Promise.all([start(), start(), start()]);
    await expect.poll(() => view.instances.length).toBe(3);
    const results: string[] = [];
    let isOver = false;
    const caller = async (at: number) => {
      for (let turn = at; !isOver; turn++) {
        const live = view.instances.filter(({ status }) => status === 'up');
        const instance = live[turn % live.length];
        if (!instance) throw new Error('no instance');
        const method = turn % 3 === 0 ? 'POST' : 'GET';
        results.push(await call(instance.port, method, '/work', { agent }).then(({ status }) => String(status), String));
      }
    };
    const callers = Array.from({ length: 10 }, (_, at) => caller(at));
    for (const service of services) {
      const next = start();
      await next;
      await service.stop();
    }
    isOver = true;
    await Promise.all(callers);
    expect(results.filter((result) => result !== '200')).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
    agent.destroy();
    view.release();
  });
});

describe('What a service publishes', () => {
  it('is its metadata and version when they change', async () => {
    const registry = await openRegistry();
    const service = open({ registry, metadata: { a: '1' } });
    await service.start();
    service.setMetadata({ weight: '2' });
    service.setVersion('1.0.1');
    expect([service.getMetadata(), service.getVersion()]).toEqual([{ weight: '2' }, '1.0.1']);
    await expect
      .poll(() => registry.getServices('orders'))
      .toEqual([expect.objectContaining({ metadata: { weight: '2' }, version: '1.0.1' })]);
    expect(() => service.setMetadata({ a: 'x'.repeat(9_000) })).toThrow('9001 bytes');
    expect(() => service.setMetadata({ weight: '-3' })).toThrow('metadata: "weight" is "-3": expected a number from 0, as text');
    expect(() => service.setMetadata(JSON.parse('null'))).toThrow('null: expected an object of texts');
  });

  it('is its status when its health checks change', async () => {
    const { registry, log } = recordingRegistry();
    const clock: Clock & { advance(ms: number): Promise<void> } = virtualClock();
    const service = open({ registry, clock, healthCheck: { path: '/ok', interval: '10s' } });
    let isDatabaseUp = false;
    const checks = { database: () => isDatabaseUp };
    service.setHealthCheck(checks);
    expect(service.getHealthCheck()).toEqual(checks);
    await service.start();
    expect(log).toEqual(['announce not-ready']);
    expect(await call(service.port, 'GET', '/ok')).toMatchObject({ status: 503, json: { status: 'unhealthy' } });
    expect((await call(service.port, 'GET', '/readyz')).status).toBe(503);
    expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
    isDatabaseUp = true;
    await clock.advance(10_000);
    expect(log.at(-1)).toBe('update {"status":"up"}');
    expect(await call(service.port, 'GET', '/ok')).toMatchObject({
      status: 200,
      json: { status: 'healthy', checks: { database: { status: 'healthy' } } },
    });
  });

  it('can be withdrawn and registered again while it serves', async () => {
    const registry = await openRegistry();
    const service = open({ registry });
    await expect(service.register()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await service.start();
    await service.register();
    expect(service.isRegistered()).toBe(true);
    await service.deregister();
    await service.deregister();
    expect([service.isRegistered(), await registry.getServices('orders')]).toEqual([false, []]);
    expect((await call(service.port, 'GET', '/livez')).status).toBe(200);
    await service.register();
    expect(await registry.getServices('orders')).toHaveLength(1);
  });

  it('is what a registry is given when it registers a service that does not run', async () => {
    const registry = await openRegistry();
    const service = open({ name: 'test-service', port: 8081 });
    await registry.register(service);
    expect(await registry.getService('test-service')).toMatchObject({ name: 'test-service', port: 8081 });
    await registry.deregister(service);
  });
});
