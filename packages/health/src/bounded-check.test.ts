import { getEventListeners } from 'node:events';
import { virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { boundedCheck } from './bounded-check.js';

describe('boundedCheck', () => {
  const never = () => new Promise<never>(() => {});

  it('passes when what is asked answers', async () => {
    await expect(boundedCheck('cache', {}, async () => 'PONG')()).resolves.toBeUndefined();
  });

  it('says who failed and why', async () => {
    const refuse = async () => Promise.reject(new Error('too many clients'));
    await expect(boundedCheck('database', {}, refuse)()).rejects.toMatchObject({
      code: 'WEFT_UNAVAILABLE',
      message: 'database: too many clients',
      cause: { message: 'too many clients' },
    });
  });

  it('says it too of what throws at once, and of what fails in several ways', async () => {
    const broken = () => {
      throw new Error('no pool');
    };
    await expect(boundedCheck('a', {}, broken)()).rejects.toThrow('a: no pool');
    const both = async () => Promise.reject(new AggregateError([new Error('refused ::1'), new Error('refused 127.0.0.1')]));
    await expect(boundedCheck('a', {}, both)()).rejects.toThrow('a: refused ::1; refused 127.0.0.1');
  });

  it('fails when the answer is false, as every health check does', async () => {
    await expect(boundedCheck('cache', {}, async () => false)()).rejects.toMatchObject({
      code: 'WEFT_UNAVAILABLE',
      message: 'cache: the answer was false',
    });
  });

  it('ends when its time is up, and tells who still works for it', async () => {
    const clock = virtualClock();
    let given: AbortSignal | undefined;
    const check = boundedCheck('database', { clock, timeout: '3s' }, (signal) => {
      given = signal;
      return never();
    });
    const ended = check().catch((error: unknown) => error);
    await clock.advance(2_999);
    expect(given?.aborted).toBe(false);
    await clock.advance(1);
    expect(await ended).toMatchObject({
      code: 'WEFT_DEADLINE_EXCEEDED',
      message: 'database: no answer within 3000 ms',
    });
    expect(given?.aborted).toBe(true);
  });

  it('ends when its caller wants it to, before it began as well', async () => {
    const caller = new AbortController();
    const check = boundedCheck('database', { clock: virtualClock() }, never);
    const ended = check({ signal: caller.signal });
    caller.abort(new Error('stop'));
    await expect(ended).rejects.toMatchObject({ code: 'WEFT_CANCELLED', cause: { message: 'stop' } });
    await expect(check({ signal: caller.signal })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('leaves neither timers nor listeners behind, however it ends', async () => {
    const clock = virtualClock();
    const { signal } = new AbortController();
    await boundedCheck('a', { clock }, async () => {})({ signal });
    await boundedCheck('a', { clock }, async () => Promise.reject(new Error('no')))({ signal }).catch(() => {});
    const late = boundedCheck('a', { clock }, never)({ signal }).catch(() => {});
    await clock.advance(2_000);
    await late;
    expect(clock.pendingTimers()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('refuses a timeout that is none', () => {
    expect(() => boundedCheck('a', { timeout: 0 }, never)).toThrow(/timeout: 0: expected a duration above 0/);
    expect(() => boundedCheck('a', { timeout: 'soon' }, never)).toThrow(/timeout: "soon" is not a duration/);
  });
});
