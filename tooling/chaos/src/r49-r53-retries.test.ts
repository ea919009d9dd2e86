import { virtualClock } from '@weft/conformance';
import type { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { failedOf, told } from './load.js';
import { answerIn, isProbe, VirtualCaller, type VirtualCallerOptions } from './virtual-caller.js';

const SEEDS = [49, 50, 51];
const callers: VirtualCaller[] = [];
afterEach(async () => {
  for (const caller of callers.splice(0)) await caller.close();
});

/** A caller whose instances answer what `say` says, 20 ms later; probes of health pass. */
function open(
  seed: number,
  say: () => { status: number; headers?: Record<string, string> },
  options: Partial<VirtualCallerOptions> = {},
) {
  const virtual = virtualClock();
  const script: VirtualCallerOptions['script'] = (attempt) => (isProbe(attempt) ? {} : answerIn(virtual, 20, say()));
  const caller = new VirtualCaller({ seed, script, virtual, ...options });
  callers.push(caller);
  return caller;
}

/** Moves the clock until the promise is settled; resolves to its value or error, and the ms that it took. */
async function timed<T>(caller: VirtualCaller, promise: Promise<T>): Promise<{ value: T | WeftError; tookMs: number }> {
  const startedAt = caller.clock.now();
  let ended: { value: T | WeftError; tookMs: number } | undefined;
  const end = (value: T | WeftError) => (ended = { value, tookMs: caller.clock.now() - startedAt });
  promise.then(end, end);
  while (!ended) await caller.clock.advance(1);
  return ended;
}

describe('retries, on a virtual clock', () => {
  it.each(SEEDS)('R49 10 s of 503 everywhere make at most 1.25 tries per call, breaker or none, seed %i', async (seed) => {
    for (const circuitBreaker of [true, false]) {
      let status = 200;
      const caller = open(seed, () => ({ status }), { circuitBreaker });
      await caller.callFor(10_000);
      status = 503;
      const before = caller.tries.length;
      const ended = await caller.callFor(10_000);
      const tries = caller.tries.length - before;
      expect(tries, `seed ${seed}: tries of 3000 calls`).toBeLessThanOrEqual(1.25 * 3_000);
      if (!circuitBreaker) expect(tries, `seed ${seed}: it is the budget that bounds them`).toBeGreaterThan(1.15 * 3_000);
      expect(failedOf(ended).length, `seed ${seed}`).toBeGreaterThan(2_900);
    }
  });

  it.each(SEEDS)('R49 also for a client that has just begun, seed %i', async (seed) => {
    const caller = open(seed, () => ({ status: 503 }), { circuitBreaker: false });
    await caller.callFor(10_000);
    expect(caller.tries.length, `seed ${seed}`).toBeLessThanOrEqual(1.25 * 3_000);
  });

  it.each(SEEDS)('R51 no call fails any more as soon as the service is back, and none later, seed %i', async (seed) => {
    let status = 503;
    const caller = open(seed, () => ({ status }), { circuitBreaker: false });
    await caller.callFor(10_000);
    status = 200;
    const ended = await caller.callFor(30_000);
    expect(failedOf(ended.filter(({ atMs }) => atMs > 5_000)), `seed ${seed}: ${told(ended)}`).toEqual([]);
  });

  it.each(SEEDS)('R51 an open breaker is closed by its first probe, and stays so, seed %i', async (seed) => {
    let status = 503;
    const caller = open(seed, () => ({ status }));
    const openedAt = caller.clock.now();
    await caller.callFor(10_000);
    expect(caller.client.getCircuitBreaker()?.isOpen()).toBe(true);
    status = 200;
    const ended = await caller.callFor(50_000);
    const probedAtMs = openedAt + 31_000 - (caller.clock.now() - 50_000);
    expect(failedOf(ended.filter(({ atMs }) => atMs > probedAtMs)), `seed ${seed}: ${told(ended)}`).toEqual([]);
  });

  it('R52 a server that says “do not retry” is obeyed, and the error says so', async () => {
    const caller = open(1, () => ({ status: 503, headers: { 'x-request-retry': 'no' } }), { throwOnStatus: true });
    const { value } = await timed(caller, caller.client.get('/things/7'));
    expect(caller.tries).toHaveLength(1);
    expect(value).toMatchObject({ code: 'WEFT_HTTP_STATUS', retryable: false, retriesSuppressed: 'server' });
  });

  it.each([
    [503, undefined],
    [429, ['things-1']],
  ])('R53 after %i with Retry-After: 2, and nobody else to ask, the next try is made 2 s later', async (status, ids) => {
    let tries = 0;
    const say = () => (++tries === 1 ? { status, headers: { 'retry-after': '2' } } : { status: 200 });
    const caller = open(1, say, ids && { ids });
    const { value, tookMs } = await timed(caller, caller.client.get('/things/7'));
    expect(value).toMatchObject({ statusCode: 200 });
    expect(caller.tries).toHaveLength(2);
    expect(tookMs).toBeGreaterThanOrEqual(2_000);
    expect(tookMs).toBeLessThan(2_100);
  });

  it.each([
    [503, undefined],
    [429, ['things-1']],
  ])('R53 %i with a Retry-After that lies past the deadline is handed over at once', async (status, ids) => {
    const caller = open(1, () => ({ status, headers: { 'retry-after': '2' } }), ids && { ids });
    const { value, tookMs } = await timed(caller, caller.client.get('/things/7', { timeout: '1500ms' }));
    expect(value).toMatchObject({ statusCode: status });
    expect(caller.tries).toHaveLength(1);
    expect(tookMs).toBeLessThan(100);
  });
});
