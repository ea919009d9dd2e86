import { settle, virtualClock } from '@weft/conformance';
import { type Clock, type IdempotencyStore, type Logger, noopLogger, WeftError } from '@weft/core';
import { IdempotencyMemory, memoryIdempotency } from '@weft/resilience';
import { afterEach, describe, expect, it } from 'vitest';
import { type MemoryScene, openScene } from '../test/memory-scene.js';
import { call } from './http-call.fixture.js';
import type { RequestContext } from './request-context.js';
import { Service } from './service.js';
import type { ServiceHandler } from './service-handler.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';

const open: { close(): Promise<void> }[] = [];
const KEY = { 'idempotency-key': 'order-7', 'content-type': 'application/json' };

interface Order extends MemoryScene {
  /** Sends the order. */
  order(headers?: Record<string, string>, body?: string): ReturnType<MemoryScene['ask']>;
  /** How often the handler began. */
  runs(): number;
}

async function scene(
  handler: (request: RequestContext, run: number) => unknown = (_, run) => ({ run }),
  options: Partial<ServiceOptions & ServiceParts> = {},
  clock = virtualClock(),
): Promise<Order> {
  let runs = 0;
  const counting: ServiceHandler = (request) => handler(request, ++runs);
  const build = (service: Service) => void service.addHandler('/orders', counting).addHandler('/others', counting);
  const opened = await openScene(build, { idempotency: true, ...options }, clock);
  open.push(opened);
  const order = (headers = {}, body = '{"item":1}') => opened.ask('POST', '/orders', { headers: { ...KEY, ...headers }, body });
  return { ...opened, order, runs: () => runs };
}

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  return { logger: { ...noopLogger, info: log, warn: log, error: log }, lines };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((component) => component.close()));
});

describe('A request with an idempotency key', () => {
  it('is carried out once, and its answer is given again as it was', async () => {
    const { order, runs } = await scene(({ json }, run) => {
      return json({ run }, { status: 201, headers: { location: '/orders/1', 'set-cookie': ['a=1', 'b=2'] } });
    });
    const first = await order();
    expect(first).toMatchObject({ status: 201, text: '{"run":1}' });
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    const second = await order();
    expect(second).toEqual({ ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } });
    expect([second.headers['set-cookie'], runs()]).toEqual([['a=1', 'b=2'], 1]);
  });

  it('shows its key to the handler, whether answers are remembered or not', async () => {
    for (const idempotency of [true, false]) {
      const { order } = await scene(({ idempotencyKey }) => ({ idempotencyKey }), { idempotency });
      expect((await order()).text).toBe('{"idempotencyKey":"order-7"}');
    }
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['blank', '  '],
    ['too long', 'x'.repeat(256)],
    ['with a control character', 'a\u0001b'],
  ])('is carried out each time when the key is %s', async (_, key) => {
    const { ask, runs } = await scene();
    for (let time = 0; time < 2; time++)
      await ask('POST', '/orders', { headers: key === undefined ? {} : { 'idempotency-key': key } });
    expect(runs()).toBe(2);
  });

  it('is carried out each time when its method may be repeated anyway, or nothing remembers', async () => {
    const { ask, runs } = await scene();
    for (const method of ['GET', 'GET', 'PUT', 'PUT', 'DELETE', 'DELETE']) await ask(method, '/orders', { headers: KEY });
    expect(runs()).toBe(6);
    const forgetful = await scene(undefined, { idempotency: false });
    await Promise.all([forgetful.order(), forgetful.order()]);
    expect(forgetful.runs()).toBe(2);
  });

  it('is another request with another method or path, and is refused with another body or by another caller', async () => {
    const { ask, order, runs } = await scene();
    const statuses = [
      await order(),
      await ask('PATCH', '/orders', { headers: KEY, body: '{"item":1}' }),
      await ask('POST', '/others', { headers: KEY, body: '{"item":1}' }),
      await ask('POST', '/orders?dry=1', { headers: KEY, body: '{"item":1}' }),
      await order({}, '{"item":2}'),
      await order({ authorization: 'Bearer of another' }),
    ].map(({ status }) => status);
    expect([statuses, runs()]).toEqual([[200, 200, 200, 200, 422, 422], 4]);
    expect((await order({}, '')).text).toBe(
      '{"error":"This idempotency key belongs to a request with another body or by another caller","code":422}',
    );
  });

  it('needs no claim when nothing answers it', async () => {
    const { ask } = await scene();
    for (let time = 0; time < 2; time++) {
      const answer = await ask('POST', '/nowhere', { headers: KEY });
      expect([answer.status, answer.headers['idempotent-replayed']]).toEqual([404, undefined]);
    }
  });

  it.each([
    [[200, 204, 302, 400, 404, 409, 422], 1],
    [[408, 425, 429, 499, 500, 502, 503], 2],
  ])('answered with one of %j has run %d times after the second try', async (statuses, times) => {
    for (const status of statuses) {
      const { order, runs } = await scene(({ reply }) => reply(undefined, { status }));
      expect([(await order()).status, (await order()).status, runs()]).toEqual([status, status, times]);
    }
  });

  it('that fails in its handler, at once or later, is carried out again', async () => {
    const { order, runs } = await scene((_, run) => {
      if (run === 1) throw new Error('at once');
      return run === 2 ? Promise.reject(new Error('later')) : 'done';
    });
    expect([(await order()).status, (await order()).status, (await order()).status]).toEqual([500, 500, 200]);
    expect(runs()).toBe(3);
  });

  it('is forgotten after its time', async () => {
    const { order, clock, runs } = await scene(undefined, { idempotency: { ttl: '1h' } });
    await order();
    await clock.advance(3_599_000);
    await order();
    expect(runs()).toBe(1);
    await clock.advance(1_000);
    await order();
    expect(runs()).toBe(2);
  });

  it('whose answer is streamed is carried out once, and its answer is lost', async () => {
    const { order, runs } = await scene(async function* stream() {
      yield Buffer.from('a');
    } as ServiceHandler);
    expect((await order()).text).toBe('a');
    expect(await order()).toMatchObject({ status: 409, headers: { 'idempotent-replayed': 'true' } });
    expect(runs()).toBe(1);
  });

  it('that a mounted application answers is carried out once, and its answer is lost', async () => {
    let runs = 0;
    const service = new Service({ name: 'test', idempotency: true });
    service.mount('/legacy', (request, response) => request.resume().on('end', () => response.end(String(++runs))));
    open.push({ close: () => service.stop({ immediate: true }) });
    await service.start();
    expect((await call(service.port, 'POST', '/legacy', { headers: KEY, body: '{}' })).text).toBe('1');
    expect((await call(service.port, 'POST', '/legacy', { headers: KEY, body: '{}' })).status).toBe(409);
    expect(runs).toBe(1);
  });

  it('is answered by memory before its handler and middleware, after the limits', async () => {
    const { order, service, runs } = await scene(undefined, { rateLimit: { limit: 2, window: '1m', key: 'all' } });
    let wrapped = 0;
    service.use((next) => (request) => {
      wrapped++;
      return next(request);
    });
    expect([(await order()).status, (await order()).status, (await order()).status]).toEqual([200, 200, 429]);
    expect([runs(), wrapped]).toEqual([1, 1]);
  });
});

describe('Two requests with one key at a time', () => {
  const slow = (clock: Clock, workMs: number) => (_: RequestContext, run: number) =>
    new Promise((resolve) => clock.setTimer(workMs, () => resolve({ run })));
  const slowScene = (workMs: number) => {
    const clock = virtualClock();
    return scene(slow(clock, workMs), {}, clock);
  };

  it('are carried out once: the second waits for the answer of the first', async () => {
    const { order, clock, runs } = await slowScene(1_000);
    const answers = Promise.all([order(), order(), order()]);
    await clock.advance(1_250);
    expect((await answers).map(({ text, headers }) => [text, headers['idempotent-replayed']])).toEqual([
      ['{"run":1}', undefined],
      ['{"run":1}', 'true'],
      ['{"run":1}', 'true'],
    ]);
    expect(runs()).toBe(1);
  });

  it('are carried out one after another when the first fails', async () => {
    const clock = virtualClock();
    const { order, runs } = await scene(
      async (_, run) => {
        await new Promise<void>((resolve) => clock.setTimer(100, resolve));
        if (run === 1) throw new Error('no');
        return 'done';
      },
      {},
      clock,
    );
    const answers = Promise.all([order(), order()]);
    await clock.advance(1_000);
    expect((await answers).map(({ status }) => status)).toEqual([500, 200]);
    expect(runs()).toBe(2);
  });

  it('are refused as one when they are not the same', async () => {
    const { order, clock } = await slowScene(1_000);
    const first = order();
    await settle();
    expect((await order({}, '{"item":2}')).status).toBe(422);
    await clock.advance(1_000);
    expect((await first).status).toBe(200);
  });

  it('end the wait of the second when its time is up, when its caller goes, or after 30 s when it does not say', async () => {
    const { order, askFor, clock, runs } = await slowScene(60_000);
    const first = order();
    await settle();
    const late = order({ 'x-request-timeout-ms': '800' });
    await clock.advance(800);
    expect((await late).status).toBe(504);
    const patient = order();
    const leaving = askFor('POST', '/orders', { headers: KEY, body: '{"item":1}' });
    await settle();
    leaving.hangUp();
    await expect(leaving.told).rejects.toThrow('hung up');
    await clock.advance(30_250);
    expect(await patient).toMatchObject({ status: 409 });
    await clock.advance(30_000);
    expect([(await first).status, runs()]).toEqual([200, 1]);
  });

  it('are told apart from those of other instances only where the store is not shared', async () => {
    const clock = virtualClock();
    const memory = new IdempotencyMemory({ clock });
    const instances = [];
    for (let index = 0; index < 2; index++) {
      instances.push(await scene(undefined, { idempotencyStore: memoryIdempotency({ memory }) }, clock));
    }
    const answers = [];
    for (const { order } of instances) answers.push((await order()).text);
    expect(answers).toEqual(['{"run":1}', '{"run":1}']);
    expect(instances.map(({ runs }) => runs())).toEqual([1, 0]);
  });

  it('keep their claim for as long as the handler runs, and free it within a lease when the process dies', async () => {
    const clock = virtualClock();
    const memory = new IdempotencyMemory({ clock });
    const options = () => ({ idempotencyStore: memoryIdempotency({ memory }), idempotency: { lease: '5s' } });
    const [first, second] = [await scene(slow(clock, 20_000), options(), clock), await scene(undefined, options(), clock)];
    const begun = first.order().catch(() => {});
    await clock.advance(15_000);
    const waiting = second.order();
    await clock.advance(1_000);
    expect(second.runs()).toBe(0);
    await first.service.stop({ immediate: true });
    await clock.advance(5_250);
    expect([(await waiting).status, second.runs()]).toEqual([200, 1]);
    await begun;
  });
});

describe('A claim that is lost', () => {
  /** A memory that forgets claims when it is told to. */
  function forgetful() {
    const clock = virtualClock();
    const memory = new IdempotencyMemory({ clock });
    return { clock, memory, idempotencyStore: memoryIdempotency({ memory }) };
  }

  it('ends the signal of its handler at the next renewal, and the caller may come again', async () => {
    const { clock, memory, idempotencyStore } = forgetful();
    const { order } = await scene(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { idempotencyStore, idempotency: { lease: '3s' } },
      clock,
    );
    const answer = order();
    await settle();
    memory.clear();
    await clock.advance(1_000);
    expect((await answer).status).toBe(503);
  });

  it('does not take the answer from who waited for it', async () => {
    const { logger, lines } = recordingLogger();
    const { clock, memory, idempotencyStore } = forgetful();
    const { order } = await scene(
      () => {
        memory.clear();
        return 'done';
      },
      { idempotencyStore, logger },
      clock,
    );
    expect((await order()).text).toBe('"done"');
    expect(lines).toEqual(['An answer was not kept: the claim of its idempotency key was lost']);
  });

  it('is noticed by a process that stood still between asking and hearing', async () => {
    const { clock, idempotencyStore: store } = forgetful();
    let held: Promise<void> | undefined = new Promise((resolve) => clock.setTimer(12_000, resolve));
    const standing: IdempotencyStore = {
      supports: store.supports,
      claim: async (key, options) => {
        const claim = await store.claim(key, options);
        const until = held;
        held = undefined;
        await until;
        return claim;
      },
      renew: (key, token, options) => store.renew(key, token, options),
      complete: (key, token, options) => store.complete(key, token, options),
      release: (key, token, options) => store.release(key, token, options),
      close: () => store.close(),
    };
    const frozen = await scene((_, run) => ({ frozen: run }), { idempotencyStore: standing }, clock);
    const other = await scene((_, run) => ({ other: run }), { idempotencyStore: store }, clock);
    const answer = frozen.order();
    await clock.advance(6_000);
    expect((await other.order()).text).toBe('{"other":1}');
    await clock.advance(6_000);
    expect([(await answer).text, frozen.runs()]).toEqual(['{"other":1}', 0]);
  });
});

describe('A store of idempotency keys that does not answer', () => {
  function failing() {
    const clock = virtualClock();
    const store = memoryIdempotency({ clock });
    const state = { down: [] as (keyof IdempotencyStore)[] };
    const guarded = <Name extends 'claim' | 'renew' | 'complete' | 'release'>(name: Name) =>
      (async (...given: Parameters<IdempotencyStore[Name]>) => {
        if (state.down.includes(name)) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'down');
        return Reflect.apply(store[name], store, given);
      }) as IdempotencyStore[Name];
    const idempotencyStore: IdempotencyStore = {
      supports: { multiProcess: true },
      claim: guarded('claim'),
      renew: guarded('renew'),
      complete: guarded('complete'),
      release: guarded('release'),
      close: () => store.close(),
    };
    return { clock, state, idempotencyStore };
  }

  it('has requests refused rather than carried out twice, told once, until it is back', async () => {
    const { logger, lines } = recordingLogger();
    const { clock, state, idempotencyStore } = failing();
    const { order, ask, runs } = await scene(undefined, { idempotencyStore, logger }, clock);
    state.down = ['claim'];
    for (let time = 0; time < 2; time++) {
      const refused = await order();
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(refused.headers['x-request-retry']).toBeUndefined();
    }
    expect((await ask('GET', '/orders')).status).toBe(200);
    expect([runs(), lines.length]).toEqual([1, 1]);
    state.down = [];
    expect((await order()).status).toBe(200);
    expect([runs(), lines.length]).toEqual([2, 2]);
  });

  it('does not end what is carried out, nor take its answer from the caller', async () => {
    const { logger, lines } = recordingLogger();
    const { clock, state, idempotencyStore } = failing();
    const work = () => new Promise((resolve) => clock.setTimer(30_000, () => resolve('done')));
    const { order } = await scene(work, { idempotencyStore, logger }, clock);
    const answer = order();
    await settle();
    state.down = ['renew', 'complete', 'release'];
    await clock.advance(30_000);
    expect((await answer).text).toBe('"done"');
    expect(lines).toEqual(['An answer was not kept for its idempotency key']);
  });

  it('does not hold up the answer of a failure', async () => {
    const { clock, state, idempotencyStore } = failing();
    const { order, runs } = await scene(({ reply }) => reply(undefined, { status: 500 }), { idempotencyStore }, clock);
    state.down = ['release'];
    expect((await order()).status).toBe(500);
    const again = order();
    await clock.advance(5_250);
    expect([(await again).status, runs()]).toEqual([500, 2]);
  });
});

describe('A service that remembers answers', () => {
  it('says so in its record, whatever its metadata becomes', async () => {
    const { service } = await scene(undefined, { metadata: { region: 'a' } });
    expect(service.toInfo().metadata).toEqual({ region: 'a', 'weft-idempotency': 'local' });
    service.setMetadata({ region: 'b' });
    expect(service.toInfo().metadata).toEqual({ region: 'b', 'weft-idempotency': 'local' });
    const shared = Object.assign(memoryIdempotency(), { supports: { multiProcess: true } });
    expect(new Service({ name: 'a', idempotencyStore: shared }).toInfo().metadata).toEqual({ 'weft-idempotency': 'shared' });
    expect(new Service({ name: 'a' }).toInfo().metadata).toEqual({});
  });

  it('has no claim of a request that it refused', async () => {
    const clock = virtualClock();
    const memory = new IdempotencyMemory({ clock });
    const options = { idempotencyStore: memoryIdempotency({ memory }), concurrency: { minLimit: 1, maxLimit: 1 } };
    const work = () => new Promise<void>((resolve) => clock.setTimer(100, resolve));
    const { order, ask } = await scene(work, options, clock);
    const busy = ask('GET', '/orders');
    await settle();
    expect((await order()).status).toBe(503);
    expect(memory.size).toBe(0);
    await clock.advance(100);
    await busy;
    const retried = order();
    await clock.advance(100);
    expect([(await retried).status, memory.size]).toEqual([204, 1]);
  });

  it('leaves no timer behind when it stops, and lets what was cut run out', async () => {
    const { order, service, clock } = await scene(() => new Promise(() => {}));
    const cut = order().catch((error: unknown) => error);
    await settle();
    await service.stop({ immediate: true });
    expect(await cut).toBeInstanceOf(WeftError);
    expect(clock.pendingTimers()).toBe(0);
  });
});
