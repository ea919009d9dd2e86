import { type LogFields, type Logger, noopLogger } from '@weft/core';
import { createClient, createTracer } from '@weft/host';
import { OtlpReceiver } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { RecordingTracer } from './recording-tracer.js';
import { inSampleFolder } from './sample-folder.js';
import { createGuardedClient, createUserBreaker, getUserInfo } from './seed-07-circuit-breaker.js';
import { createBalancedClient, leastConnections, random, roundRobin, weighted } from './seed-08-load-balancer.js';
import { TracedUserController } from './seed-09-mesh-handler.js';
import { ConfigController, createSharedConfig } from './seed-10-config-center.js';
import { CreateUserController, createUserTracer } from './seed-11-tracing.js';
import { startedService } from './started-service.js';

inSampleFolder();

async function clientOf(serviceName: string) {
  const client = await createClient({ serviceName, registry: REGISTRY, retries: 0 });
  onTestFinished(() => client.close());
  return client;
}

describe('seed 07: a circuit breaker around a client', () => {
  async function guarded() {
    const breaker = createUserBreaker();
    const client = await createGuardedClient(breaker);
    client.setRetries(0);
    onTestFinished(() => client.close());
    return { breaker, client };
  }

  it('reads the user from the bytes of the answer while the service is well (S13, S29, S59)', async () => {
    await startedService(
      { name: 'user-service' },
      { 'GET /users/:id': ({ params }) => ({ id: Number(params.id), name: 'Ann' }) },
    );
    const { breaker, client } = await guarded();
    expect(await getUserInfo(client, '7')).toEqual({ id: 7, name: 'Ann' });
    expect([breaker.isClosed(), client.getCircuitBreaker() === breaker]).toEqual([true, true]);
  });

  it('opens after 5 failed calls and refuses the next one without making it (S59, S63, S67)', async () => {
    let served = 0;
    await startedService(
      { name: 'user-service' },
      {
        'GET /users/:id': () => {
          served++;
          throw new Error('down');
        },
      },
    );
    const { breaker, client } = await guarded();
    for (let call = 0; call < 5; call++) {
      await expect(getUserInfo(client, '7')).rejects.toMatchObject({ code: 'WEFT_HTTP_STATUS' });
    }
    expect([breaker.isOpen(), served]).toEqual([true, 5]);
    await expect(getUserInfo(client, '7')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    expect(served).toBe(5);
  });
});

describe('seed 08: load balancers', () => {
  const instances = ['instance1', 'instance2', 'instance3'].map((id) => ({ id }));
  const picksOf = (balancer: typeof roundRobin, count: number) =>
    Array.from({ length: count }, () => balancer.select(instances)?.id).sort();

  it('take each in turn, or any, or the one with the least to do (S69, S70, S72)', () => {
    expect(picksOf(roundRobin, 6)).toEqual(['instance1', 'instance1', 'instance2', 'instance2', 'instance3', 'instance3']);
    expect(instances).toContainEqual({ id: picksOf(random, 1)[0] });
    expect(instances).toContainEqual({ id: picksOf(leastConnections, 1)[0] });
    expect([random.strategy, leastConnections.strategy]).toEqual(['random', 'least_connections']);
  });

  it('share by the weights of the instances, 3 to 2 to 1 (S71)', () => {
    expect(picksOf(weighted, 6)).toEqual(['instance1', 'instance1', 'instance1', 'instance2', 'instance2', 'instance3']);
  });

  it('share the calls of a client that was given one (S14, S73)', async () => {
    for (const id of ['instance1', 'instance2']) await startedService({ name: 'user-service', id }, { 'GET /': () => ({ id }) });
    const client = await createBalancedClient(roundRobin);
    onTestFinished(() => client.close());
    expect(client.getLoadBalancer()).toBe(roundRobin);
    const served = new Map<string, number>();
    for (let call = 0; call < 10; call++) {
      const { instance } = await client.get('/');
      served.set(instance.id, (served.get(instance.id) ?? 0) + 1);
    }
    expect(Object.fromEntries(served)).toEqual({ instance1: 5, instance2: 5 });
  });
});

describe('seed 09: a traced handler', () => {
  it('tags its span with service, method and user, and the error with which it answers 404 (S82, S83, S94-S96)', async () => {
    const tracer = new RecordingTracer();
    const controller = new TracedUserController(tracer, {
      async getUser(id) {
        if (id === '0') throw new Error('no row');
        return { id };
      },
    });
    await startedService({ name: 'user-service' }, { 'GET /users/:id': (request) => controller.getUser(request) });
    const client = await clientOf('user-service');
    expect((await client.get('/users/7')).data).toEqual({ id: '7' });
    const missing = await client.get('/users/0');
    expect([missing.statusCode, missing.data]).toEqual([404, { error: 'User not found', code: 404 }]);
    const tags = { service: 'user-service', method: 'GET' };
    expect(tracer.spans).toMatchObject([
      { name: 'get_user', tags: { ...tags, user_id: '7' }, logs: [], isFinished: true },
      { name: 'get_user', tags: { ...tags, user_id: '0', error: true }, logs: [['error', 'no row']], isFinished: true },
    ]);
  });
});

describe('seed 10: the config center', () => {
  async function configured() {
    const config = await createSharedConfig();
    onTestFinished(() => config.close());
    const changes: unknown[] = [];
    const controller = new ConfigController(config, (change) => changes.push(change));
    await startedService({ name: 'configured' }, { 'GET /config': (request) => controller.getConfig(request) });
    return { config, changes, controller, client: await clientOf('configured') };
  }

  it('answers 500 while a key is missing, and both values once they are there (S84, S85, S86, S87, S90)', async () => {
    const { config, client } = await configured();
    const missing = await client.get('/config');
    expect([missing.statusCode, missing.data]).toEqual([500, { error: 'Failed to get database config', code: 500 }]);
    await config.set('database', { host: 'db-1', password: 'hunter2' });
    await config.set('cache', { host: 'cache-1' });
    const found = await client.get('/config');
    expect([found.statusCode, found.data]).toEqual([
      200,
      { database: { host: 'db-1', password: '[redacted]' }, cache: { host: 'cache-1' } },
    ]);
  });

  it('hands over the value as it is, then every change, until it is told to stop (S88)', async () => {
    const { config, changes, controller } = await configured();
    const stop = new AbortController();
    await config.set('database', { host: 'db-1' });
    const watching = controller.watchConfig(stop.signal);
    await expect.poll(() => changes, { timeout: 20_000 }).toEqual([{ host: 'db-1' }]);
    await config.set('database', { host: 'db-2' });
    await expect.poll(() => changes, { timeout: 20_000 }).toEqual([{ host: 'db-1' }, { host: 'db-2' }]);
    stop.abort();
    await watching;
  });

  it('says at once that a watch cannot start (S89)', async () => {
    const { config, changes, controller } = await configured();
    await config.close();
    await expect(controller.watchConfig(new AbortController().signal)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    expect(changes).toEqual([]);
  });
});

describe('seed 11: tracing', () => {
  async function creating(fails: 'validate' | 'save' | undefined) {
    const tracer = new RecordingTracer();
    const controller = new CreateUserController(tracer, {
      async validate() {
        if (fails === 'validate') throw new Error('no name');
      },
      async createUser() {
        if (fails === 'save') throw new Error('disk full');
        return { id: '7' };
      },
    });
    await startedService({ name: 'user-service' }, { 'POST /users': (request) => controller.createUser(request) });
    const reply = await (await clientOf('user-service')).post('/users', { name: 'Ann' });
    expect(tracer.spans.every(({ isFinished }) => isFinished)).toBe(true);
    return { tracer, answer: [reply.statusCode, reply.data] };
  }

  it('makes a root span with two children and answers 201 (S92-S97)', async () => {
    const { tracer, answer } = await creating(undefined);
    expect(answer).toEqual([201, { id: '7' }]);
    const root = tracer.find('create_user');
    expect(root).toMatchObject({ parent: undefined, tags: { 'http.method': 'POST', 'http.url': '/users' } });
    expect(tracer.find('validate_user')).toMatchObject({ parent: root, tags: {}, logs: [] });
    expect(tracer.find('save_user')).toMatchObject({ parent: root, tags: { user_id: '7' }, logs: [] });
  });

  it('marks the span that failed, and ends every span on every path (S95, S96, S97, S98)', async () => {
    const invalid = await creating('validate');
    expect(invalid.answer).toEqual([422, { error: 'Validation failed', code: 422 }]);
    expect(invalid.tracer.find('validate_user')).toMatchObject({ tags: { error: true }, logs: [['error', 'no name']] });
    expect(invalid.tracer.spans).toHaveLength(2);
  });

  it('answers 500 when the user cannot be saved (S97, S98)', async () => {
    const { tracer, answer } = await creating('save');
    expect(answer).toEqual([500, { error: 'Failed to create user', code: 500 }]);
    expect(tracer.find('save_user')).toMatchObject({ tags: { error: true }, logs: [['error', 'disk full']] });
  });

  it('records a tenth of the traces with the tracer of the seed, and says where Jaeger takes them today (S91)', async () => {
    const lines: string[] = [];
    const warn = (line: string, { to }: LogFields = {}) => void lines.push(`${line}: ${to}`);
    const logger: Logger = { ...noopLogger, warn, child: () => logger };
    const tracer = await createUserTracer({ logger });
    onTestFinished(() => tracer.close());
    const spans = Array.from({ length: 10_000 }, () => tracer.startSpan('create_user'));
    const share = spans.filter(({ context }) => context.sampled).length / spans.length;
    expect(Math.abs(share - 0.1), `share ${share}`).toBeLessThan(0.015);
    const root = spans.find(({ context }) => context.sampled);
    expect(tracer.startSpan('validate_user', root).context).toMatchObject({ traceId: root?.context.traceId, sampled: true });
    expect(lines).toEqual([expect.stringMatching(/^That address takes Jaeger’s Thrift.*: http:\/\/localhost:4318\/v1\/traces$/)]);
  });

  it('reports a span with its tags and its log to a collector, at the latest when it is closed (S92-S96, S124)', async () => {
    const collector = await OtlpReceiver.open();
    onTestFinished(() => collector.close());
    const tracer = await createTracer({ serviceName: 'user-service', reporter: { type: 'jaeger', url: collector.url } });
    const root = tracer.startSpan('create_user').setTag('http.method', 'POST');
    tracer.startSpan('validate_user', root).setTag('error', true).logKV('error', 'no name').finish();
    root.finish();
    await tracer.close();
    const [child, parent] = collector.spansOf('user-service');
    expect(child).toMatchObject({
      name: 'validate_user',
      parentSpanId: parent?.spanId,
      status: { code: 'error' },
      events: [{ name: 'error', attributes: { error: 'no name' } }],
    });
    expect(parent).toMatchObject({ name: 'create_user', parentSpanId: '', attributes: { 'http.method': 'POST' } });
  });

  it('runs the same with our own tracer, which records nothing without an exporter (S92-S96)', async () => {
    const tracer = await createTracer({ serviceName: 'user-service' });
    onTestFinished(() => tracer.close());
    const root = tracer.startSpan('create_user').setTag('http.method', 'POST');
    const child = tracer.startSpan('validate_user', root).setTag('error', true).logKV('error', 'no name');
    expect(child.context.traceId).toBe(root.context.traceId);
    child.finish();
    root.finish();
  });
});
