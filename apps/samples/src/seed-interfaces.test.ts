import { createCircuitBreaker, createClient, createLoadBalancer, createRegistry } from '@weft/host';
import type { ServiceEvent } from '@weft/registry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';
import { asSeedClient } from './seed-04-client.js';
import { asSeedService } from './seed-05-service.js';
import { asSeedRegistry } from './seed-06-registry.js';
import { startedService } from './started-service.js';

inSampleFolder();

describe('seed 04: the client', () => {
  async function clientOf(serviceName: string) {
    const client = await createClient({ serviceName, registry: REGISTRY });
    onTestFinished(() => client.close());
    return asSeedClient(client);
  }

  it('calls and waits, or calls and lets the answer come later (S16, S21, S27)', async () => {
    await startedService({ name: 'users' }, { 'GET /users/:id': ({ params }) => ({ id: params.id }) });
    const client = await clientOf('users');
    expect((await client.call('GET', '/users/1')).statusCode).toBe(200);
    const pending = client.callAsync('GET', '/users/2');
    expect((await pending).data).toEqual({ id: '2' });
  });

  it('rejects a call that was cancelled, and nothing else happens when nobody looks (S21)', async () => {
    await startedService(
      { name: 'slow' },
      { 'GET /': ({ signal }) => new Promise((done) => signal.addEventListener('abort', done)) },
    );
    const client = await clientOf('slow');
    const pending = client.callAsync('GET', '/');
    pending.cancel();
    await expect(pending).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('gives back what was set: timeout, retries, breaker, balancer (S22, S23, S24, S25)', async () => {
    const client = await clientOf('users');
    client.setTimeout('5s');
    expect(client.getTimeout()).toBe(5_000);
    client.setRetries(1);
    expect(client.getRetries()).toBe(1);
    const breaker = createCircuitBreaker({ threshold: 2 });
    client.setCircuitBreaker(breaker);
    expect(client.getCircuitBreaker()).toBe(breaker);
    const balancer = createLoadBalancer('random');
    client.setLoadBalancer(balancer);
    expect(client.getLoadBalancer()).toBe(balancer);
  });

  it('lets what was set take effect with the next call: a middleware, retries, a breaker (S23, S24, S26, S195)', async () => {
    let tries = 0;
    const failing = () => {
      tries++;
      throw new Error('down');
    };
    await startedService({ name: 'users' }, { 'GET /': failing });
    const client = await clientOf('users');
    const seen: string[] = [];
    client.setMiddleware((next) => async (request) => {
      seen.push(`${request.method} ${request.path}`);
      return next(request);
    });
    client.setRetries(0);
    expect((await client.call('GET', '/')).statusCode).toBe(500);
    expect([seen, tries]).toEqual([['GET /'], 1]);
    expect(client.getMiddleware()).toBeTypeOf('function');
    const breaker = createCircuitBreaker();
    breaker.open();
    client.setCircuitBreaker(breaker);
    await expect(client.call('GET', '/')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    expect(tries).toBe(1);
  });
});

describe('seed 05: the service', () => {
  it('starts, registers, deregisters and stops, each as often as asked (S34-S39)', async () => {
    const started = await startedService({ name: 'life' });
    const service = asSeedService(started);
    await service.start();
    expect([service.isRunning(), service.isRegistered()]).toEqual([true, true]);
    await service.deregister();
    expect([service.isRunning(), service.isRegistered()]).toEqual([true, false]);
    await service.register();
    expect(service.isRegistered()).toBe(true);
    await service.stop();
    await service.stop();
    expect([service.isRunning(), service.isRegistered()]).toEqual([false, false]);
  });

  it('answers by the handlers that are there, and tells a copy of them (S40, S41, S42)', async () => {
    const started = await startedService({ name: 'routes' });
    const service = asSeedService(started);
    const client = await createClient({ serviceName: 'routes', registry: REGISTRY });
    onTestFinished(() => client.close());
    const handler = () => ({ ok: true });
    service.addHandler('/anything', handler);
    expect((await client.call('DELETE', '/anything')).data).toEqual({ ok: true });
    expect(service.getHandlers().get('/anything')).toBe(handler);
    service.getHandlers().clear();
    expect(service.getHandlers().size).toBe(1);
    service.removeHandler('/anything');
    expect((await client.get('/anything')).statusCode).toBe(404);
  });

  it('publishes health checks, metadata and version when they change (S43, S44, S45)', async () => {
    const started = await startedService({ name: 'facts' });
    const service = asSeedService(started);
    const registry = await createRegistry(REGISTRY);
    onTestFinished(() => registry.close());
    const check = () => true;
    service.setHealthCheck({ database: check });
    expect(service.getHealthCheck()).toEqual({ database: check });
    service.setMetadata({ region: 'eu' });
    service.setVersion('1.0.1');
    expect([service.getMetadata(), service.getVersion()]).toEqual([{ region: 'eu' }, '1.0.1']);
    for await (const { instances } of registry.watch('facts', { signal: AbortSignal.timeout(20_000) })) {
      if (instances[0]?.version === '1.0.1' && instances[0].metadata.region === 'eu') return;
    }
    throw new Error('the change did not reach the registry within 20 s');
  });
});

describe('seed 06: the registry', () => {
  it('registers, finds, lists and deregisters (S47, S48, S49, S50, S57)', async () => {
    const opened = await createRegistry(REGISTRY);
    onTestFinished(() => opened.close());
    const registry = asSeedRegistry(opened);
    const info = { id: 'a-1', name: 'a', version: '1.2.3', address: '127.0.0.1', port: 8081, metadata: { region: 'eu' } };
    await registry.register(info);
    await registry.register({ id: 'b-1', name: 'b', port: 8082 });
    expect(await registry.getService('a')).toMatchObject({ ...info, status: 'up', protocol: 'http' });
    expect((await registry.listServices()).map(({ id }) => id)).toEqual(['a-1', 'b-1']);
    await registry.deregister(info);
    await expect(registry.getService('a')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('tells every change of a service until the watch is stopped (S51, S52)', async () => {
    const opened = await createRegistry(REGISTRY);
    onTestFinished(() => opened.close());
    const registry = asSeedRegistry(opened);
    const told: ServiceEvent['type'][] = [];
    const ended = (async () => {
      for await (const { type, instance } of registry.watch('watched')) {
        const isLeaving = type === 'updated' && instance?.status === 'draining';
        if (!isLeaving) told.push(type);
        if (type === 'snapshot') await registry.register({ id: 'w-1', name: 'watched', port: 8081 });
        if (type === 'added') await registry.deregister({ id: 'w-1', name: 'watched', port: 8081 });
        if (type === 'removed') await registry.stopWatch('watched');
      }
    })();
    await ended;
    expect(told).toEqual(['snapshot', 'added', 'removed']);
  });
});
