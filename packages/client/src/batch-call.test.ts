import { instanceRecord, settle, virtualClock } from '@weft/conformance';
import { currentContext, runInContext, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';
import { type BatchOptions, type BatchRequest, batchCall, type CallFunction } from './batch-call.js';
import { BatchClient } from './batch-client.js';
import { Response } from './response.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const answered = (text: string) =>
  new Response({ status: 200, headers: {}, body: text }, { instance: instanceRecord('users-1'), attempts: [] });
const gets = (count: number): BatchRequest[] => Array.from({ length: count }, (_, n) => ({ method: 'GET', path: `/${n}` }));
const lost = (path: string) => new WeftError('WEFT_UNAVAILABLE', `${path}: connection refused`);

/** Answers with the path; `hold` keeps calls waiting until `release` is called. */
function caller(fails: (path: string) => boolean = () => false, hold = false) {
  const waiting: (() => void)[] = [];
  const made: string[] = [];
  let underWay = 0;
  let most = 0;
  const call: CallFunction = async (_method, path, _body, options) => {
    made.push(path);
    most = Math.max(most, ++underWay);
    try {
      if (hold && !fails(path)) {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          options?.signal?.addEventListener('abort', () => reject(new WeftError('WEFT_CANCELLED', `${path}: cancelled`)));
        });
      }
      if (fails(path)) throw lost(path);
      return answered(path);
    } finally {
      underWay--;
    }
  };
  return {
    call,
    made,
    most: () => most,
    underWay: () => underWay,
    release: async () => {
      for (const resolve of waiting.splice(0)) resolve();
      await settle();
    },
  };
}

describe('batchCall', () => {
  it('R67 gives each of 20 calls its own result, in order, when one of them fails', async () => {
    const results = await batchCall(caller((path) => path === '/13').call, gets(20));
    expect(results).toHaveLength(20);
    for (const [n, result] of results.entries()) {
      if (n === 13) expect(result).toMatchObject({ ok: false, error: { code: 'WEFT_UNAVAILABLE' } });
      else expect(result.ok && result.value.text()).toBe(`/${n}`);
    }
  });

  it('makes the calls of a batch at once, and a batch when the one before it has ended', async () => {
    const { call, made, most, release } = caller(undefined, true);
    const batch = batchCall(call, gets(25));
    await settle();
    expect(made).toHaveLength(10);
    await release();
    expect(made).toHaveLength(20);
    await release();
    await release();
    expect(await batch).toHaveLength(25);
    expect(most()).toBe(10);
  });

  it('keeps the order when later calls are answered first', async () => {
    const call: CallFunction = async (_method, path) => {
      await settle(10 - Number(path.slice(1)));
      return answered(path);
    };
    const results = await batchCall(call, gets(6), { batchSize: 3 });
    expect(results.map((result) => result.ok && result.value.text())).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
  });

  it('resolves an empty list to an empty list and makes no call', async () => {
    const { call, made } = caller();
    expect(await batchCall(call, [])).toEqual([]);
    expect(made).toEqual([]);
  });

  it.each<[BatchOptions, string]>([
    [{ batchSize: 0 }, 'batch.batchSize: expected a whole number from 1, found 0'],
    [{ batchSize: -1 }, 'found -1'],
    [{ batchSize: 2.5 }, 'found 2.5'],
    [{ batchSize: Number.NaN }, 'found NaN'],
    [{ batchTimeout: 0 }, 'batch.batchTimeout'],
    [{ batchTimeout: 'soon' }, 'batch.batchTimeout'],
  ])('refuses %j, even for no requests', async (options, said) => {
    const refusal = { code: 'WEFT_CONFIG_INVALID', message: expect.stringContaining(said) };
    await expect(batchCall(caller().call, [], options)).rejects.toMatchObject(refusal);
  });

  it('passes body and options of each request on', async () => {
    const got: unknown[] = [];
    const call: CallFunction = async (...all) => {
      got.push(all);
      return answered('');
    };
    await batchCall(call, [{ method: 'POST', path: '/', body: { id: 1 }, options: { idempotencyKey: 'a' } }]);
    expect(got).toEqual([['POST', '/', { id: 1 }, { idempotencyKey: 'a' }]]);
  });

  it('inherits the context of the request that it is made for, and tells it of retries that were spent', async () => {
    const context = { deadlineAt: 1_500, signal: AbortSignal.abort(), retriesExhausted: false };
    const seen: unknown[] = [];
    const call: CallFunction = async () => {
      const current = currentContext();
      seen.push(current?.deadlineAt, current?.signal);
      if (current) current.retriesExhausted = true;
      return answered('');
    };
    const clock = virtualClock();
    for (const batchTimeout of ['1s', '200ms']) {
      await runInContext(context, () => batchCall(call, gets(1), { batchTimeout }, clock));
    }
    expect(seen).toEqual([1_500, context.signal, 1_200, context.signal]);
    expect(context.retriesExhausted).toBe(true);
  });
});

describe('batchCall with failFast', () => {
  it('rejects with the first error, cancels what is under way, and begins no further batch', async () => {
    const { call, made, underWay } = caller((path) => path === '/2', true);
    const batch = batchCall(call, gets(12), { batchSize: 4, failFast: true });
    await expect(batch).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE', message: '/2: connection refused' });
    await settle();
    expect(made).toHaveLength(4);
    expect(underWay()).toBe(0);
  });

  it('resolves as ever when all is well, and leaves the signals of the requests in force', async () => {
    const own = new AbortController();
    const { call, release } = caller(undefined, true);
    const requests = [...gets(1), { method: 'GET', path: '/own', options: { signal: own.signal } }];
    const first = batchCall(call, requests, { failFast: true });
    await settle();
    await release();
    expect(await first).toMatchObject([{ ok: true }, { ok: true }]);
    const second = batchCall(call, requests, { failFast: true });
    await settle();
    own.abort();
    await expect(second).rejects.toMatchObject({ code: 'WEFT_CANCELLED', message: '/own: cancelled' });
  });
});

describe('batchCall over a client', () => {
  it('gives each batch its time, and a call no more than its own', async () => {
    const { client, clock, close } = await clientScene(() => 'hang', { attemptTimeout: false, retries: 0 });
    closers.push(close);
    const call: CallFunction = (...all) => client.call(...all);
    const requests = gets(3).map((each, n) => (n === 0 ? { ...each, options: { timeout: '100ms' } } : each));
    const startedAt = clock.now();
    const endedAt: number[] = [];
    const timed: CallFunction = (...all) => call(...all).finally(() => endedAt.push(clock.now() - startedAt));
    const batch = batchCall(timed, requests, { batchSize: 2, batchTimeout: '1s' }, clock);
    for (let n = 0; n < 300; n++) await clock.advance(10);
    const late = { ok: false, error: { code: 'WEFT_DEADLINE_EXCEEDED' } };
    expect(await batch).toMatchObject([late, late, late]);
    expect(endedAt.map((ms) => Math.round(ms / 50) * 50)).toEqual([100, 1_000, 2_000]);
  });

  it('makes a request that cannot be sent the error of its own call', async () => {
    const { client, clock, transport, close } = await clientScene(() => ({ status: 404 }));
    closers.push(close);
    const requests = [...gets(1), { method: 'GET', path: 'http://elsewhere/' }, { method: 'POST', path: '/', body: 1n }];
    const results = await batchCall((...all) => client.call(...all), requests, {}, clock);
    const bad = { ok: false, error: { code: 'WEFT_INVALID_ARGUMENT' } };
    expect(results).toMatchObject([{ ok: true, value: { statusCode: 404 } }, bad, bad]);
    expect(transport.sent).toHaveLength(1);
  });
});

describe('BatchClient', () => {
  it('makes every batch with its own size and time', async () => {
    const { call, made, release } = caller(undefined, true);
    const clock = virtualClock();
    const client = new BatchClient(
      { batchCall: (requests, options) => batchCall(call, requests, options, clock) },
      { batchSize: 2, batchTimeout: '1s' },
    );
    const batch = client.batchCall(gets(3));
    await settle();
    expect(made).toEqual(['/0', '/1']);
    await release();
    await release();
    expect(await batch).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    await expect(client.batchCall([], { batchSize: 0 })).rejects.toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
  });
});
