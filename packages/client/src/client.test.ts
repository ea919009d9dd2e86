import {
  fixedRegistry,
  instanceRecord,
  type Script,
  scriptedTransport,
  seededRandom,
  settle,
  virtualClock,
} from '@weft/conformance';
import { runInContext, WeftError } from '@weft/core';
import { Registry } from '@weft/registry';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from './client.js';
import type { ClientOptions } from './options.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const json = (value: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});
const refused = () => new WeftError('WEFT_UNAVAILABLE', 'connection refused', { failure: 'refused' });
const reset = () => new WeftError('WEFT_UNAVAILABLE', 'connection reset', { failure: 'reset', ambiguous: true });
const three = ['users-1', 'users-2', 'users-3'].map((id) => instanceRecord(id));

async function setUp(script: Script, options: Partial<ClientOptions> = {}, instances = three) {
  const clock = virtualClock();
  const random = seededRandom(7);
  const driver = fixedRegistry(instances);
  const registry = new Registry(driver, { clock, random });
  const transport = scriptedTransport(script);
  const client = new Client({ serviceName: 'users', registry, transport, clock, random, ...options });
  closers.push(
    () => client.close(),
    () => registry.close(),
  );
  await clock.advance(0);
  return { clock, driver, registry, transport, client };
}

/** Runs virtual time on until the promise is settled. */
async function finish<T>(clock: ReturnType<typeof virtualClock>, promise: Promise<T>): Promise<T> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  for (let n = 0; n < 2_000 && !done; n++) await clock.advance(20);
  return promise;
}

describe('Client', () => {
  it('resolves to the answer, decoded by its content type', async () => {
    const { client } = await setUp(() => json({ id: '7' }));
    const reply = await client.call<{ id: string }>('GET', '/users/7');
    expect(reply).toMatchObject({ statusCode: 200, data: { id: '7' }, degraded: false, size: 10 });
    expect(reply.text()).toBe('{"id":"7"}');
    expect(reply.attempts).toMatchObject([{ instance: reply.instance.id, outcome: 'status 200' }]);
  });

  it('hands over an answer of any status: a response is not an error', async () => {
    const { client, transport } = await setUp(() => json({ error: 'no' }, 404));
    expect((await client.get('/users/7')).statusCode).toBe(404);
    expect(transport.sent).toHaveLength(1);
  });

  it('rejects with WEFT_HTTP_STATUS on a bad status when asked to', async () => {
    const { client } = await setUp(() => json({}, 404), { throwOnStatus: true });
    await expect(client.get('/users/7')).rejects.toMatchObject({
      code: 'WEFT_HTTP_STATUS',
      message: expect.stringContaining('answered 404'),
    });
  });

  it('sends a body as JSON, text or bytes with its content type', async () => {
    const { client, transport } = await setUp(() => ({}));
    await client.post('/users', { name: 'Ann' });
    await client.post('/users', 'plain');
    await client.post('/users', new Uint8Array([1]));
    expect(transport.sent.map(({ body }) => body)).toEqual(['{"name":"Ann"}', 'plain', new Uint8Array([1])]);
    expect(transport.sent.map(({ headers }) => headers[1])).toEqual([
      'application/json',
      'text/plain; charset=utf-8',
      'application/octet-stream',
    ]);
  });

  it('tries another instance at once when a connection is refused, whatever the method', async () => {
    const { client, transport } = await setUp(({ instance }) => (instance.id === 'users-1' ? refused() : json({})));
    for (let n = 0; n < 6; n++) expect((await client.post('/users', {})).statusCode).toBe(200);
    expect(transport.sent.filter(({ instance }) => instance.id === 'users-1')).toHaveLength(1);
  });

  it('repeats a GET after a reset, and never a POST that may have had its effect', async () => {
    let failures = 1;
    const { client, clock, transport } = await setUp(() => (failures-- > 0 ? reset() : json({})));
    expect((await finish(clock, client.get('/users/7'))).attempts).toMatchObject([
      { outcome: 'reset' },
      { outcome: 'status 200' },
    ]);
    failures = 1;
    await expect(client.post('/users', {})).rejects.toMatchObject({
      code: 'WEFT_UNAVAILABLE',
      ambiguous: true,
      attempts: [{ outcome: 'reset' }],
    });
    expect(transport.sent).toHaveLength(3);
  });

  it('repeats 503 up to 1 + retries tries on different instances and hands over the last answer', async () => {
    const { client, clock, transport } = await setUp(() => json({}, 503));
    const reply = await finish(clock, client.get('/users/7'));
    expect(reply.statusCode).toBe(503);
    expect(transport.sent).toHaveLength(4);
    expect(new Set(transport.sent.slice(0, 3).map(({ instance }) => instance.id)).size).toBe(3);
    expect(transport.sent.map(({ headers }) => headers[headers.indexOf('x-request-attempt') + 1]).slice(1)).toEqual([
      '2',
      '3',
      '4',
    ]);
  });

  it('repeats 500 once, on another instance', async () => {
    const { client, clock, transport } = await setUp(() => json({}, 500));
    expect((await finish(clock, client.get('/users/7'))).statusCode).toBe(500);
    expect(transport.sent).toHaveLength(2);
    const { client: alone, clock: other, transport: single } = await setUp(() => json({}, 500), {}, three.slice(0, 1));
    expect((await finish(other, alone.get('/users/7'))).statusCode).toBe(500);
    expect(single.sent).toHaveLength(1);
  });

  it('does not repeat an answer that says x-request-retry: no', async () => {
    const { client, transport } = await setUp(() => ({ status: 503, headers: { 'x-request-retry': 'no' } }));
    expect(await client.get('/users/7')).toMatchObject({ statusCode: 503, retriesSuppressed: 'server' });
    expect(transport.sent).toHaveLength(1);
  });

  it('tells the service that it serves when it gave up after retries', async () => {
    const { client, clock } = await setUp(() => json({}, 503));
    const ambient = { retriesExhausted: false };
    await finish(
      clock,
      runInContext(ambient, () => client.get('/users/7')),
    );
    expect(ambient.retriesExhausted).toBe(true);
  });

  it('ends a try at its own time and the call at the whole one', async () => {
    const { client, clock, transport } = await setUp(() => 'hang', { timeout: '3s', outlier: false });
    const failure = await finish(
      clock,
      client.get('/users/7').catch((error: WeftError) => error),
    );
    expect(failure).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    expect(transport.sent.length).toBeGreaterThanOrEqual(2);
    expect(transport.sent[0]?.headers).toContain('x-request-timeout-ms');
    expect(transport.sent[0]?.headers.at(-1)).toBe('1000');
  });

  it('inherits the smaller deadline and the trace of the request that is being handled', async () => {
    const { client, clock, transport } = await setUp(() => 'hang');
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    const startedAt = clock.now();
    const failure = await finish(
      clock,
      runInContext({ deadlineAt: startedAt + 500, trace }, () => client.post('/users', {})).catch((error) => error),
    );
    expect(failure).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    const headers = transport.sent[0]?.headers ?? [];
    expect(headers[headers.indexOf('x-request-timeout-ms') + 1]).toBe('500');
    expect(headers[headers.indexOf('traceparent') + 1]).toMatch(
      new RegExp(`^00-${trace.traceId}-(?!${trace.spanId})[0-9a-f]{16}-01$`),
    );
  });

  it('ends with WEFT_DEADLINE_EXCEEDED when the request’s signal fires because its time is up, and WEFT_CANCELLED when the caller went', async () => {
    const ending = async (code: 'WEFT_DEADLINE_EXCEEDED' | 'WEFT_CANCELLED') => {
      const { client } = await setUp(() => 'hang');
      const request = new AbortController();
      const pending = runInContext({ signal: request.signal }, () => client.get('/users/7')).catch(
        (error: WeftError) => error.code,
      );
      await settle();
      request.abort(new WeftError(code, 'over'));
      return pending;
    };
    expect(await ending('WEFT_DEADLINE_EXCEEDED')).toBe('WEFT_DEADLINE_EXCEEDED');
    expect(await ending('WEFT_CANCELLED')).toBe('WEFT_CANCELLED');
  });

  it('lets one signal serve many calls at a time without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => warnings.push(message);
    process.on('warning', onWarning);
    const { client } = await setUp(() => json({}));
    const { signal } = new AbortController();
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => client.get('/users/7', { signal })));
    await twenty();
    await runInContext({ signal: new AbortController().signal }, twenty);
    await settle();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('R56 a cancelled call rejects at once, is ended on the wire, and is not repeated', async () => {
    const { client, transport } = await setUp(() => 'hang');
    const pending = client.callAsync('GET', '/users/7');
    await settle();
    pending.cancel();
    await expect(pending).rejects.toMatchObject({ code: 'WEFT_CANCELLED', retryable: false });
    expect(transport.sent).toHaveLength(1);
    const controller = new AbortController();
    controller.abort();
    await expect(client.get('/users/7', { signal: controller.signal })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(transport.sent).toHaveLength(1);
  });

  it('opens the breaker when no instance answers well, and refuses without a try', async () => {
    const { client, clock, transport } = await setUp(() => json({}, 500), {
      circuitBreaker: { threshold: 5, timeout: '30s' },
      retries: 0,
    });
    const states: string[] = [];
    client.on('breaker.state', ({ state }) => states.push(state));
    for (let n = 0; n < 12; n++) await client.post('/users', {}).catch(() => {});
    expect(states).toEqual(['open']);
    expect(transport.sent.length).toBeLessThan(12);
    const sentBefore = transport.sent.length;
    await expect(client.get('/users/7')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    expect(transport.sent).toHaveLength(sentBefore);
    transport.script = () => json({});
    await clock.advance(30_001);
    expect(client.getCircuitBreaker()?.isHalfOpen()).toBe(true);
    expect((await client.get('/users/7')).statusCode).toBe(200);
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
  });

  it('keeps the breaker closed while any instance answers well', async () => {
    const { client } = await setUp(({ instance }) => json({}, instance.id === 'users-1' ? 200 : 500), {
      retries: 0,
      outlier: false,
    });
    for (let n = 0; n < 60; n++) await client.post('/users', {});
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
  });

  it('says why there is nobody to call', async () => {
    const draining = await setUp(() => ({}), {}, [instanceRecord('users-1', { status: 'draining' })]);
    await expect(draining.client.get('/users/7')).rejects.toMatchObject({
      code: 'WEFT_NO_INSTANCE',
      message: expect.stringContaining('users-1 is draining'),
    });
  });

  it('gives a service that is just starting 2 s from its first look, and one that has left none', async () => {
    const { client, clock, driver } = await setUp(() => json({}), {}, []);
    const early = client.get('/users/7');
    await clock.advance(1_000);
    driver.set(three);
    expect((await finish(clock, early)).statusCode).toBe(200);
    driver.set(three.map((instance) => ({ ...instance, status: 'draining' })));
    await clock.advance(0);
    driver.set([]);
    await clock.advance(0);
    await expect(client.get('/users/7')).rejects.toMatchObject({
      message: expect.stringContaining('no instance of users is registered'),
    });
    const alone = await setUp(() => json({}), {}, []);
    await alone.clock.advance(2_000);
    await expect(alone.client.get('/users/7')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
  });

  it('R30 waits 2 s for a registry that is down, then rejects with its error as the cause', async () => {
    const clock = virtualClock();
    const driver = fixedRegistry(three);
    driver.fail(new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'no answer', { failure: 'refused' }));
    const registry = new Registry(driver, { clock, random: seededRandom(7) });
    const client = new Client({ serviceName: 'users', registry, transport: scriptedTransport(), clock });
    closers.push(
      () => client.close(),
      () => registry.close(),
    );
    const startedAt = clock.now();
    const failure = await finish(
      clock,
      client.get('/users/7').catch((error: WeftError) => error),
    );
    expect(failure).toMatchObject({ code: 'WEFT_NO_INSTANCE', cause: { code: 'WEFT_REGISTRY_UNAVAILABLE' } });
    expect(clock.now() - startedAt).toBeLessThan(2_200);
    driver.fail(undefined);
    expect((await finish(clock, client.get('/users/7'))).statusCode).toBe(200);
  });

  it('R82 refuses hostile paths and R83 hostile headers before anything is sent', async () => {
    const { client, transport } = await setUp(() => ({}));
    for (const path of [
      'http://evil/',
      '//evil/',
      '/\\evil',
      '\\\\evil',
      '/a\tb',
      '/../admin',
      '/users/%2e%2e/%2e%2e/admin',
      'users',
      '',
    ]) {
      await expect(client.get(path), path).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    }
    for (const headers of [{ 'x-a': 'b\r\nc: d' }, { 'x a': 'b' }, { host: 'evil' }, { 'x-a': 'ü\u0000' }]) {
      await expect(client.get('/users', { headers })).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    }
    await expect(client.call('GE T', '/users')).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(transport.sent).toHaveLength(0);
  });

  it('takes setters into account from the next call on, and getters tell what was set', async () => {
    const { client, transport, clock } = await setUp(() => json({}, 503));
    client.setTimeout('5s');
    client.setRetries(1);
    client.setMaxRetries(3);
    expect([client.getTimeout(), client.getRetries(), client.getMaxRetries()]).toEqual([5_000, 1, 3]);
    await finish(clock, client.get('/users/7'));
    expect(transport.sent).toHaveLength(2);
    client.setCircuitBreaker(false);
    expect(client.getCircuitBreaker()).toBeUndefined();
    client.setLoadBalancer('random');
    expect(client.getLoadBalancer().strategy).toBe('random');
    expect(() => client.setLoadBalancer('rond_robin')).toThrow(/round_robin/);
    expect(() => client.setRetries(-1)).toThrow(/whole number/);
  });

  it('runs middlewares around calls, first outermost, and around each try', async () => {
    const { client, clock, transport } = await setUp(() => json({}, 503), { retries: 1 });
    const order: string[] = [];
    client.use((next) => async (request) => {
      order.push('outer');
      return next({ ...request, options: { ...request.options, headers: { 'x-user': '1' } } });
    });
    client.use((next) => async (request) => {
      order.push('inner');
      return next(request);
    });
    client.useAroundAttempt((next) => async (attempt) => {
      order.push('try');
      return next(attempt);
    });
    await finish(clock, client.get('/users/7'));
    expect(order).toEqual(['outer', 'inner', 'try', 'try']);
    expect(transport.sent[0]?.headers).toContain('x-user');
  });

  it('calls several services, each with its own breaker and instances', async () => {
    const { client, transport, clock } = await setUp(() => json({}), {}, [
      ...three,
      instanceRecord('orders-1', { name: 'orders' }),
    ]);
    await finish(clock, client.service('orders').get('/orders/1'));
    await client.call('GET', '/users/1', null, { service: 'users' });
    expect(transport.sent.map(({ instance }) => instance.name)).toEqual(['orders', 'users']);
    expect(client.getCircuitBreaker('orders')).not.toBe(client.getCircuitBreaker('users'));
  });

  it('streams a body piece by piece under the deadline of the call', async () => {
    async function* pieces() {
      yield Buffer.from('a');
      yield Buffer.from('b');
    }
    const { client } = await setUp(() => ({ body: pieces() }));
    const reply = await client.call('GET', '/export', null, { stream: true });
    const read: string[] = [];
    for await (const piece of reply.body) read.push(Buffer.from(piece).toString());
    expect(read).toEqual(['a', 'b']);
    expect(() => reply.raw).toThrow(/stream/);
  });

  it('lets calls in flight finish when it closes, refuses new ones, and leaves no timer', async () => {
    let answer: (() => void) | undefined;
    const { client, registry, clock } = await setUp(
      () =>
        new Promise((resolve) => {
          answer = () => resolve(json({}));
        }),
    );
    const pending = client.get('/users/7');
    await settle();
    const closing = client.close();
    await expect(client.get('/users/8')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    answer?.();
    expect((await pending).statusCode).toBe(200);
    await closing;
    await registry.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('refuses options that make no sense, saying where', async () => {
    const registry = new Registry(fixedRegistry());
    closers.push(() => registry.close());
    const transport = scriptedTransport();
    expect(() => new Client({ registry, transport, timeout: 0 })).toThrow(/client.timeout/);
    expect(() => new Client({ registry, transport, retries: 1.5 })).toThrow(/client.retries/);
    expect(() => new Client({ registry, transport: [] })).toThrow(/client.transport/);
    const client = new Client({ registry, transport });
    await expect(client.get('/x')).rejects.toMatchObject({
      code: 'WEFT_INVALID_ARGUMENT',
      message: expect.stringContaining('which service'),
    });
  });
});
