import { virtualClock } from '@weft/conformance';
import { sleep, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type HedgeOptions, hedge, RetryBudget } from './index.js';

/** Tries that take so many ms each and end as they are told to. */
function scene(tries: readonly { readonly ms: number; readonly ends?: string | Error }[]) {
  const clock = virtualClock();
  const cancelled: number[] = [];
  const started: number[] = [];
  const fromAt = clock.now();
  const start = (n: number) => {
    const { ms, ends = `answer ${n}` } = tries[n] ?? { ms: 0 };
    const stopping = new AbortController();
    started.push(clock.now() - fromAt);
    const result = sleep(ms, clock, stopping.signal).then(() => {
      if (ends instanceof Error) throw ends;
      return ends;
    });
    const cancel = (reason: WeftError) => {
      cancelled.push(n);
      stopping.abort(reason);
    };
    return { result, cancel };
  };
  const options: HedgeOptions<string> = { idempotent: true, delayMs: 50, budget: new RetryBudget(), clock };
  return { clock, cancelled, started, start, options };
}

const EMPTY = new RetryBudget({ ratio: 0, minPerSecond: 0 });

describe('hedge', () => {
  it('makes no second try when the first one is quick enough', async () => {
    const { clock, start, started, options } = scene([{ ms: 40 }]);
    const { result } = hedge(start, options);
    await clock.advance(1_000);
    expect(await result).toBe('answer 0');
    expect(started).toEqual([0]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('makes a second one after the delay; the first success is the answer, and the other try is cancelled', async () => {
    for (const [first, second, winner, loser] of [
      [500, 30, 1, 0],
      [70, 500, 0, 1],
    ] as const) {
      const { clock, start, started, cancelled, options } = scene([{ ms: first }, { ms: second }]);
      const { result } = hedge(start, options);
      await clock.advance(100);
      expect(await result).toBe(`answer ${winner}`);
      expect(started).toEqual([0, 50]);
      expect(cancelled).toEqual([loser]);
      expect(clock.pendingTimers()).toBe(0);
    }
  });

  it.each<[string, Partial<HedgeOptions<string>>]>([
    ['of what is not idempotent', { idempotent: false }],
    ['while the delay is not known', { delayMs: undefined }],
    ['when only one try is allowed', { maxTries: 1 }],
    ['when the retry budget is spent', { budget: EMPTY }],
  ])('makes no second try %s', async (_, changed) => {
    const { clock, start, started, options } = scene([{ ms: 500 }]);
    const { result } = hedge(start, { ...options, ...changed });
    await clock.advance(1_000);
    expect([await result, started.length]).toEqual(['answer 0', 1]);
  });

  it('takes each further try out of the budget', async () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.2 });
    const { clock, start, started, options } = scene([{ ms: 500 }, { ms: 500 }, { ms: 500 }, { ms: 500 }]);
    const { result } = hedge(start, { ...options, maxTries: 4, budget });
    await clock.advance(1_000);
    await result;
    expect(started).toEqual([0, 50, 100]);
  });

  it('ends with a failure that comes before there is a second try: a retry is not its matter', async () => {
    const { clock, start, started, options } = scene([{ ms: 10, ends: new Error('refused') }]);
    const refused = expect(hedge(start, options).result).rejects.toThrow('refused');
    await clock.advance(1_000);
    await refused;
    expect(started).toEqual([0]);
  });

  it('waits for the other try when one fails, and tells the last failure when all do', async () => {
    const tries = [{ ms: 60, ends: new Error('first') }, { ms: 100 }];
    const saved = scene(tries);
    const { result } = hedge(saved.start, saved.options);
    await saved.clock.advance(1_000);
    expect(await result).toBe('answer 1');
    const lost = scene([tries[0] ?? { ms: 0 }, { ms: 100, ends: new Error('second') }]);
    const failing = expect(hedge(lost.start, lost.options).result).rejects.toThrow('second');
    await lost.clock.advance(1_000);
    await failing;
  });

  it('gives an answer that is not good only when no better one comes', async () => {
    const isGood = (answer: string) => answer !== '503';
    const better = scene([{ ms: 60, ends: '503' }, { ms: 100 }]);
    const { result } = hedge(better.start, { ...better.options, isGood });
    await better.clock.advance(1_000);
    expect(await result).toBe('answer 1');
    const alone = scene([{ ms: 10, ends: '503' }]);
    const bad = hedge(alone.start, { ...alone.options, isGood }).result;
    await alone.clock.advance(1_000);
    expect(await bad).toBe('503');
  });

  it('cancels all of its tries when it is cancelled, and hedges no more', async () => {
    const { clock, start, started, cancelled, options } = scene([{ ms: 500 }, { ms: 500 }, { ms: 500 }]);
    const { result, cancel } = hedge(start, { ...options, maxTries: 3 });
    const rejected = expect(result).rejects.toMatchObject({ code: 'WEFT_CANCELLED', message: 'by the caller' });
    await clock.advance(60);
    cancel(new WeftError('WEFT_CANCELLED', 'by the caller'));
    await rejected;
    await clock.advance(1_000);
    expect([started, cancelled]).toEqual([
      [0, 50],
      [0, 1],
    ]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('goes on with the first try when a second one cannot be made', async () => {
    const { clock, start, options } = scene([{ ms: 500 }]);
    const onlyOne = (n: number) => {
      if (n > 0) throw new Error('no instance');
      return start(n);
    };
    const { result } = hedge(onlyOne, options);
    await clock.advance(1_000);
    expect(await result).toBe('answer 0');
  });
});
