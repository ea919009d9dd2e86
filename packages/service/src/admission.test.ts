import { settle, virtualClock } from '@weft/conformance';
import { type Logger, memoryMetrics, noopLogger, type RateLimitDecision, type RateLimitStore, WeftError } from '@weft/core';
import { memoryRateLimits } from '@weft/resilience';
import { afterEach, describe, expect, it } from 'vitest';
import { type MemoryScene, openScene } from '../test/memory-scene.js';
import { call } from './http-call.fixture.js';
import type { RateLimitOptions } from './protection-options.js';
import { Service } from './service.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';

const open: { close(): Promise<void> }[] = [];

async function scene(options: Partial<ServiceOptions & ServiceParts>, build?: (service: Service) => void): Promise<MemoryScene> {
  const opened = await openScene((service) => (build ?? ((it) => it.addHandler('/', () => 'ok')))(service), options);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((component) => component.close()));
});

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  return { logger: { ...noopLogger, info: log, warn: log, error: log }, lines };
}

describe('R19 Shedding', () => {
  /** A heap that is nearly full, and known to be. */
  async function overloaded(options: Partial<ServiceOptions & ServiceParts> = {}, build?: (service: Service) => void) {
    let heap = 0.96;
    const { overload, ...others } = options;
    const block = typeof overload === 'object' ? overload : {};
    const opened = await scene({ ...others, overload: { ...block, readHeapRatio: () => heap } }, build);
    await opened.ask('GET', '/');
    await opened.clock.advance(200);
    return {
      ...opened,
      heal() {
        heap = 0.5;
      },
      /** Statuses of so many requests, one each 10 ms. */
      async statuses(count: number, headers: Record<string, string> = {}, path = '/') {
        const all: number[] = [];
        for (let index = 0; index < count; index++) {
          all.push((await opened.ask('GET', path, { headers })).status);
          await opened.clock.advance(10);
        }
        return all;
      },
    };
  }

  it('refuses nearly everything at 95 % of the heap with 503 and Retry-After, and lets all in when it is over', async () => {
    const { ask, statuses, heal } = await overloaded({ overload: { retryAfter: '1500ms' } });
    expect((await statuses(100)).filter((status) => status === 200).length).toBeLessThanOrEqual(6);
    const answer = await ask('GET', '/');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2', 'content-type': 'application/json' } });
    expect(answer.text).toBe('{"error":"Overloaded","code":503}');
    expect(answer.headers['x-request-retry']).toBe('yes');
    heal();
    await statuses(20);
    expect(new Set(await statuses(20))).toEqual(new Set([200]));
  });

  it('never refuses health, whoever answers for it', async () => {
    const { statuses } = await overloaded({}, (it) => it.addHandler('GET /health', () => 'mine').addHandler('/', () => 'ok'));
    for (const path of ['/livez', '/readyz', '/health']) {
      expect(new Set(await statuses(30, {}, path)), path).toEqual(new Set([200]));
    }
  });

  it('never refuses what a trusted peer calls critical; what is no priority is none', async () => {
    const { statuses } = await overloaded();
    expect(new Set(await statuses(30, { 'x-request-priority': 'critical' }))).toEqual(new Set([200]));
    for (const garbage of ['CRITICAL', 'urgent', '', 'critical, critical']) {
      expect(await statuses(30, { 'x-request-priority': garbage }), garbage).toContain(503);
    }
  });

  it('takes no word about the priority from a peer that is not trusted', async () => {
    const options = { name: 'test', overload: { readHeapRatio: () => 0.96 }, trustedPeers: ['10.0.0.0/8'] };
    const clock = virtualClock();
    const service = new Service({ ...options, clock }).addHandler('/', ({ headers }) => headers['x-request-priority'] ?? 'none');
    open.push({ close: () => service.stop({ immediate: true }) });
    await service.start();
    const headers = { 'x-request-priority': 'critical' };
    expect((await call(service.port, 'GET', '/', { headers })).json).toBe('none');
    await clock.advance(200);
    expect((await call(service.port, 'GET', '/', { headers })).status).toBe(503);
  });

  it('is told to the log and to whoever asked once per change, and counted', async () => {
    const { logger, lines } = recordingLogger();
    const metrics = memoryMetrics();
    const changes: (string | undefined)[] = [];
    const overload = { onOverload: (reason: string | undefined) => void changes.push(reason) };
    const { statuses, heal } = await overloaded({ logger, metrics, overload });
    const refused = (await statuses(50)).filter((status) => status === 503).length;
    heal();
    await statuses(100);
    expect(changes).toEqual(['heap', undefined]);
    expect(lines).toEqual(['Overloaded: requests are shed', 'Overload is over']);
    expect(metrics.read('service.shed', { reason: 'heap' })).toBeGreaterThanOrEqual(refused);
    expect(metrics.read('service.requests', { method: 'GET', path: '/', status: '503', status_class: '5xx' })).toBe(
      metrics.read('service.shed', { reason: 'heap' }),
    );
  });

  it('measures no longer when the service stopped, and again when it was started anew', async () => {
    const { service, clock, ask } = await scene({ overload: { readHeapRatio: () => 0.96 } });
    await ask('GET', '/');
    await service.stop({ immediate: true });
    expect(clock.pendingTimers()).toBe(0);
    await service.start();
    open.push({ close: () => service.stop({ immediate: true }) });
    expect(service.isRunning()).toBe(true);
  });

  it('is off unless told otherwise', async () => {
    const { ask, clock } = await scene({});
    const timers = clock.pendingTimers();
    await ask('GET', '/');
    expect(clock.pendingTimers()).toBe(timers);
  });
});

describe('R65 The rate limit of a service', () => {
  it('takes never more than burst + rate x window in any window, over HTTP; beyond it 429 with Retry-After', async () => {
    const clock = virtualClock();
    const service = new Service({ name: 'test', clock, rateLimit: { perSecond: 4, burst: 3 } }).addHandler('/', () => 'ok');
    open.push({ close: () => service.stop({ immediate: true }) });
    await service.start();
    const taken: number[] = [];
    for (let request = 0; request < 60; request++) {
      const answer = await call(service.port, 'GET', '/');
      if (answer.status === 200) taken.push(clock.now());
      else
        expect([answer.status, answer.headers['retry-after'], answer.text]).toEqual([
          429,
          '1',
          '{"error":"Too many requests","code":429}',
        ]);
      await clock.advance(50);
    }
    for (const [first, from] of taken.entries()) {
      for (const [last, until] of taken.entries()) {
        if (last >= first)
          expect(last - first + 1, `${from} to ${until}`).toBeLessThanOrEqual(3 + (4 * (until - from)) / 1_000 + 1e-9);
      }
    }
    expect(taken.length).toBeGreaterThanOrEqual(3 + 11);
    expect((await call(service.port, 'GET', '/health')).status).toBe(200);
  });

  it('says in whole seconds, rounded up, when to come again', async () => {
    const { ask, clock } = await scene({ rateLimit: { limit: 1, window: '2500ms' } });
    expect((await ask('GET', '/')).status).toBe(200);
    expect(await ask('GET', '/')).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    await clock.advance(3_000);
    expect((await ask('GET', '/')).status).toBe(200);
  });

  const asked = (user?: string) => ({ headers: user === undefined ? {} : { 'x-user': user } });

  it.each<[string, RateLimitOptions['key'], number[]]>([
    ['peer', 'peer', [200, 429, 429, 429]],
    ['everybody', 'all', [200, 429, 429, 429]],
    ['a header, without it the peer', { header: 'X-User' }, [200, 200, 200, 429]],
    ['what a function says', ({ headers }) => `${headers['x-user']}`.slice(0, 1), [200, 429, 200, 429]],
  ])('counts by %s', async (_, key, statuses) => {
    const { ask } = await scene({ rateLimit: { limit: 1, window: '1m', ...(key !== undefined && { key }) } });
    const answers = [await ask('GET', '/', asked('ada')), await ask('GET', '/', asked('alan')), await ask('GET', '/', asked())];
    expect([...answers, await ask('GET', '/', asked())].map(({ status }) => status)).toEqual(statuses);
  });

  it('tells long keys apart that begin alike', async () => {
    const { ask } = await scene({ rateLimit: { limit: 1, window: '1m', key: { header: 'x-user' } } });
    const long = 'x'.repeat(5_000);
    expect((await ask('GET', '/', asked(`${long}1`))).status).toBe(200);
    expect((await ask('GET', '/', asked(`${long}2`))).status).toBe(200);
    expect((await ask('GET', '/', asked(`${long}2`))).status).toBe(429);
  });

  it('reads no body of a refused request, and counts it', async () => {
    const metrics = memoryMetrics();
    let runs = 0;
    const { ask } = await scene({ metrics, rateLimit: { limit: 1, window: '1m' } }, (it) => it.addHandler('/', () => runs++));
    await ask('POST', '/', { body: '{}', headers: { 'content-type': 'application/json' } });
    const malformed = { body: '{', headers: { 'content-type': 'application/json' } };
    expect((await ask('POST', '/', malformed)).status).toBe(429);
    expect([runs, metrics.read('service.rate_limited')]).toEqual([1, 1]);
  });

  /** Answers as it is told to. */
  class FakeStore implements RateLimitStore {
    readonly keys: string[] = [];
    answer: () => Promise<RateLimitDecision> = async () => ({ allowed: true, remaining: 1, retryAfterMs: 0 });
    take(key: string): Promise<RateLimitDecision> {
      this.keys.push(key);
      return this.answer();
    }
    async close(): Promise<void> {}
  }

  it('is counted in the store that it is given, by service and key', async () => {
    const store = new FakeStore();
    const { ask } = await scene({ rateLimits: store, rateLimit: { limit: 1, window: '1m', key: { header: 'x-user' } } });
    expect((await ask('GET', '/', asked('ada'))).status).toBe(200);
    store.answer = async () => ({ allowed: false, remaining: 0, retryAfterMs: 4_200 });
    expect(await ask('GET', '/', asked('ada'))).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    expect(store.keys).toEqual(['scene:x-user:ada', 'scene:x-user:ada']);
  });

  it('asks a store in the process without a promise', async () => {
    const rateLimits = memoryRateLimits({ clock: virtualClock() });
    const { ask } = await scene({ rateLimits, rateLimit: { limit: 1, window: '1m', key: 'all' } });
    await ask('GET', '/');
    expect(rateLimits.tryTake('scene:all', { algorithm: 'sliding_window', limit: 1, windowMs: 60_000 }).allowed).toBe(false);
  });

  it('is counted in the process while the store is away, told once, and in the store again when it is back', async () => {
    const { logger, lines } = recordingLogger();
    const store = new FakeStore();
    const { ask, clock } = await scene({ logger, rateLimits: store, rateLimit: { limit: 2, window: '1m' } });
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let index = 0; index < count; index++) all.push((await ask('GET', '/')).status);
      return all;
    };
    store.answer = () => Promise.reject(new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'down'));
    expect(await statuses(4)).toEqual([200, 200, 429, 429]);
    expect(store.keys).toHaveLength(1);
    await clock.advance(1_000);
    expect(await statuses(2)).toEqual([429, 429]);
    expect(store.keys).toHaveLength(2);
    expect(lines).toHaveLength(1);
    store.answer = async () => ({ allowed: true, remaining: 1, retryAfterMs: 0 });
    await clock.advance(1_000);
    await statuses(1);
    await settle();
    expect(await statuses(2)).toEqual([200, 200]);
    expect([store.keys.length, lines.length, lines[1]]).toEqual([5, 2, expect.stringMatching(/^Over: /)]);
  });

  it('waits for a silent store a quarter of a second, once', async () => {
    const store = new FakeStore();
    store.answer = () => new Promise(() => {});
    const { ask, clock } = await scene({ rateLimits: store, rateLimit: { limit: 5, window: '1m' } });
    const first = ask('GET', '/');
    await clock.advance(250);
    expect((await first).status).toBe(200);
    expect((await ask('GET', '/')).status).toBe(200);
  });
});
