import { instanceRecord, type Script, seededRandom, virtualClock } from '@weft/conformance';
import { type Attempt, IDEMPOTENCY_METADATA, type Reply, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { answerIn, clientScene, failureOf, json, sentHeader } from '../test/client-scene.js';
import { isIdempotencyKey } from './idempotency-key.js';

const KEY = 'idempotency-key';
const reset = () => new WeftError('WEFT_UNAVAILABLE', 'connection reset', { failure: 'reset', ambiguous: true });

let close = async () => {};
afterEach(() => close());

/** Instances of which each remembers answers as it says; undefined = not at all. */
function instances(...memories: (string | undefined)[]): ServiceInstance[] {
  return memories.map((memory, at) =>
    instanceRecord(`users-${at + 1}`, memory === undefined ? {} : { metadata: { [IDEMPOTENCY_METADATA]: memory } }),
  );
}

async function open(script: Script, on: ServiceInstance[], options: Parameters<typeof clientScene>[1] = {}) {
  const scene = await clientScene(script, { retryDelay: 0, outlier: false, ...options }, on);
  close = scene.drain;
  const keys = () => scene.transport.sent.filter(({ method }) => method === 'POST').map((sent) => sentHeader(sent, KEY));
  const ids = () => scene.transport.sent.filter(({ method }) => method === 'POST').map(({ instance }) => instance.id);
  return { ...scene, keys, ids };
}

/** Fails the first `times` tries so, then answers. */
function failing(times: number, fail: (attempt: Attempt) => ReturnType<Script>): Script {
  let left = times;
  return (attempt) => (attempt.method === 'POST' && left-- > 0 ? fail(attempt) : json({}));
}

const failures: [string, (attempt: Attempt) => ReturnType<Script>][] = [
  ['a reset', reset],
  ['no answer in its time', () => 'hang'],
  ['502', () => json({}, 502)],
  ['503', () => json({}, 503)],
  ['504', () => json({}, 504)],
];

describe('a POST to a service that remembers answers', () => {
  it.each(failures)('carries the same new key in every try, and is repeated elsewhere after %s', async (_, fail) => {
    const { client, finish, keys, ids } = await open(failing(2, fail), instances('shared', 'shared', 'shared'));
    const response = await finish(client.post('/users', {}), 50);
    expect(response).toMatchObject({ statusCode: 200, attempts: { length: 3 } });
    expect(new Set(ids()).size).toBe(3);
    expect(new Set(keys()).size).toBe(1);
    expect(keys()[0]).toMatch(/^[\da-f-]{36}$/);
    await finish(client.post('/users', {}));
    expect(new Set(keys()).size).toBe(2);
  });

  it('is repeated only by those who share its memory', async () => {
    const script: Script = ({ instance }) => (instance.id === 'users-1' ? reset() : json({}));
    const { client, finish, transport } = await open(script, instances('shared', undefined, 'local', 'shared'));
    for (let n = 0; n < 4; n++) expect((await finish(client.post('/users', {}))).statusCode).toBe(200);
    const retried = transport.sent.filter((sent) => sentHeader(sent, 'x-request-attempt') === '2');
    expect(retried.map(({ instance }) => instance.id)).toEqual(['users-4']);
  });

  it('is repeated by the same one when no other shares its memory, however many others there are', async () => {
    let isBusy = true;
    const script: Script = ({ instance }) => {
      const answer = json({}, instance.id === 'users-1' && isBusy ? 503 : 200);
      if (instance.id === 'users-1') isBusy = false;
      return answer;
    };
    const { client, finish, ids } = await open(script, instances('shared', undefined, 'local', undefined));
    for (let n = 0; n < 4; n++) expect((await finish(client.post('/users', {}))).statusCode).toBe(200);
    expect(ids().join(' ')).toContain('users-1 users-1');
  });

  it('that each instance has for itself is repeated on the same one only', async () => {
    const { client, finish, ids } = await open(
      failing(1, () => json({}, 503)),
      instances('local', 'local', 'local'),
    );
    expect((await finish(client.post('/users', {}))).statusCode).toBe(200);
    expect(ids()).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
  });

  it('that each instance has for itself ends ambiguous when that one cannot be reached any more', async () => {
    const { client, finish, ids } = await open(failing(1, reset), instances('local', 'local', 'local'));
    const failure = await finish(failureOf(client.post('/users', {})));
    expect(failure).toMatchObject({ code: 'WEFT_UNAVAILABLE', ambiguous: true, attempts: [{ outcome: 'reset' }] });
    expect(client.explain(failure).rule).toBe('nobody-else');
    expect(ids()).toHaveLength(1);
  });

  it('that each instance has for itself does not outlive it: under the same id another process has begun', async () => {
    const [first, second] = instances('local', 'local') as [ServiceInstance, ServiceInstance];
    const clock = virtualClock();
    const { client, driver, finish, ids } = await open(
      failing(1, () => answerIn(clock, 100, json({}, 503))),
      [first, second],
      { clock, retryDelay: '1s' },
    );
    const pending = failureOf(client.post('/users', {}));
    await clock.advance(50);
    driver.set([first, second].map((instance) => ({ ...instance, incarnation: '2' })));
    await finish(pending);
    expect(ids()).toHaveLength(1);
  });

  it.each([undefined, 'yes', ''])(
    'is not repeated by one that remembers nothing (its metadata says %j), and gets no key',
    async (memory) => {
      const { client, finish, keys } = await open(failing(1, reset), instances(memory));
      const failure = await finish(failureOf(client.post('/users', {})));
      expect(failure).toMatchObject({ ambiguous: true });
      expect(client.explain(failure).rule).toBe('not-idempotent');
      expect(keys()).toEqual([undefined]);
    },
  );

  it('goes on to one that remembers after a try that was certainly not sent, and from there only to such', async () => {
    const script: Script = ({ instance }) => {
      if (instance.id === 'users-1') return new WeftError('WEFT_UNAVAILABLE', 'refused', { failure: 'refused' });
      return instance.id === 'users-2' ? json({}, 503) : json({});
    };
    const { client, finish, ids, keys } = await open(script, instances(undefined, 'shared', 'shared'));
    expect((await finish(client.post('/users', {}))).statusCode).toBe(200);
    expect(ids().at(-1)).toBe('users-3');
    expect(keys().filter((key) => key !== undefined).length).toBe(ids().filter((id) => id !== 'users-1').length);
  });

  it.each([
    ['as an option', { idempotencyKey: 'order-7' }],
    ['as a header', { headers: { 'Idempotency-Key': 'order-7' } }],
  ])('carries the key of its caller, given %s', async (_, options) => {
    const { client, finish, keys } = await open(failing(1, reset), instances('shared', 'shared'));
    expect((await finish(client.post('/users', {}, options))).statusCode).toBe(200);
    expect(keys()).toEqual(['order-7', 'order-7']);
  });

  it('is not repeated under a key that services do not look at', async () => {
    for (const key of ['', '  ', 'x'.repeat(256), 'a\tb']) {
      const { client, finish, ids } = await open(failing(1, reset), instances('shared', 'shared'));
      expect(await finish(failureOf(client.post('/users', {}, { headers: { [KEY]: key } })))).toMatchObject({ ambiguous: true });
      expect(ids()).toHaveLength(1);
      expect(await failureOf(client.post('/users', {}, { idempotencyKey: key }))).toMatchObject({
        code: 'WEFT_INVALID_ARGUMENT',
        message: expect.stringContaining('options.idempotencyKey: expected text of 1 to 255 characters'),
      });
      expect(ids()).toHaveLength(1);
      await close();
    }
    close = async () => {};
  });

  it('gets no key when it can be repeated anyhow, or when its body is gone once it was sent', async () => {
    async function* pieces() {
      yield Buffer.from('a');
    }
    const { client, transport, finish } = await open(() => json({}), instances('shared'));
    await client.get('/users/7');
    await client.put('/users/7', {});
    await client.delete('/users/7');
    await client.post('/search', {}, { idempotent: true });
    await finish(client.post('/import', pieces()));
    expect(transport.sent.map((sent) => sentHeader(sent, KEY))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('has time left for a second try, as a GET has', async () => {
    const { client, transport } = await open(() => json({}), instances('shared'), { timeout: '9s' });
    await client.post('/users', {});
    expect(transport.sent[0] && sentHeader(transport.sent[0], 'x-request-timeout-ms')).toBe('3000');
  });
});

/** A service whose instances crash, freeze and drop answers, before and after they have done what they were asked. */
function faultyService(seed: number, memory: 'shared' | 'local') {
  const random = seededRandom(seed);
  const clock = virtualClock();
  const effects = new Map<string, number>();
  const shared = new Map<string, Partial<Reply>>();
  const own = new Map<string, Map<string, Partial<Reply>>>();
  const script: Script = (attempt) => {
    if (attempt.method !== 'POST') return {};
    const luck = random();
    if (luck < 0.1) return new WeftError('WEFT_UNAVAILABLE', 'refused', { failure: 'refused' });
    if (luck < 0.15) return reset();
    const key = sentHeader(attempt, KEY) ?? '';
    const known = memory === 'shared' ? shared : (own.get(attempt.instance.id) ?? new Map<string, Partial<Reply>>());
    own.set(attempt.instance.id, known);
    if (!known.has(key)) {
      effects.set(String(attempt.body), (effects.get(String(attempt.body)) ?? 0) + 1);
      known.set(key, json({ done: true }, 201));
    }
    if (luck < 0.25) return reset();
    if (luck < 0.3) return 'hang';
    if (luck < 0.35) return json({}, 503);
    return answerIn(clock, 20, known.get(key) ?? {});
  };
  return { clock, script, effects };
}

describe('POST under faults', () => {
  it.each([1, 2, 3])(
    'with a shared memory: none fails while tries are left, and none has its effect twice, seed %i',
    async (seed) => {
      const { clock, script, effects } = faultyService(seed, 'shared');
      const on = instances('shared', 'shared', 'shared', 'shared', 'shared');
      const { client, finish } = await open(script, on, {
        clock,
        timeout: '6s',
        retryBudget: { ratio: 1 },
        circuitBreaker: false,
      });
      let failed = 0;
      for (let n = 0; n < 200; n++) {
        const failure = (await finish(failureOf(client.post('/orders', { n }, { retries: 5 })), 100)) as WeftError | undefined;
        if (failure) failed++;
        await clock.advance(50);
      }
      const doubled = [...effects].filter(([, times]) => times > 1);
      expect(doubled, `seed ${seed}`).toEqual([]);
      expect(failed, `seed ${seed}`).toBe(0);
      expect(effects.size, `seed ${seed}`).toBe(200);
    },
  );

  it.each([1, 2, 3])(
    'with a memory of each for itself: none has its effect twice, who fails is told whether it may have, seed %i',
    async (seed) => {
      const { clock, script, effects } = faultyService(seed, 'local');
      const { client, finish } = await open(script, instances('local', 'local', 'local'), {
        clock,
        timeout: '6s',
        circuitBreaker: false,
      });
      for (let n = 0; n < 200; n++) {
        const failure = (await finish(failureOf(client.post('/orders', { n })), 100)) as WeftError | undefined;
        const hadEffect = effects.has(JSON.stringify({ n }));
        if (failure && hadEffect) expect(failure.ambiguous, `seed ${seed}, order ${n}`).toBe(true);
        await clock.advance(50);
      }
      expect(
        [...effects].filter(([, times]) => times > 1),
        `seed ${seed}`,
      ).toEqual([]);
    },
  );
});

describe('isIdempotencyKey', () => {
  it('holds what services look at', () => {
    for (const key of ['a', '"a b"', 'x'.repeat(255)]) expect(isIdempotencyKey(key)).toBe(true);
    for (const key of ['', ' ', 'x'.repeat(256), 'a\nb']) expect(isIdempotencyKey(key)).toBe(false);
  });
});
