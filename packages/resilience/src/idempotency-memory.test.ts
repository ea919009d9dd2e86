import { virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { IdempotencyMemory, type IdempotencyMemoryOptions } from './index.js';

const HOUR_MS = 3_600_000;

function opened(options: IdempotencyMemoryOptions = {}) {
  const clock = virtualClock();
  const memory = new IdempotencyMemory({ clock, ...options });
  const claim = (key: string, leaseMs = HOUR_MS) => memory.claim(key, 'POST /orders', leaseMs);
  const complete = (key: string, bytes = 10) => {
    const claimed = claim(key);
    const answer = { status: 201, headers: {}, body: new Uint8Array(bytes) };
    return claimed.state === 'claimed' && memory.complete(key, claimed.token, answer, HOUR_MS);
  };
  return { clock, memory, claim, complete };
}

describe('IdempotencyMemory', () => {
  it('lets the oldest answer go when there are too many, and never a claim that is worked at', () => {
    const { memory, claim, complete } = opened({ maxEntries: 3 });
    claim('at work');
    for (const key of ['a', 'b', 'c', 'd']) expect(complete(key)).toBe(true);
    expect(memory.size).toBe(3);
    expect(claim('at work').state).toBe('running');
    expect(claim('c').state).toBe('done');
    expect(claim('d').state).toBe('done');
    expect(claim('a').state).toBe('claimed');
  });

  it('lets the oldest answers go when they are too large together', () => {
    const { memory, claim, complete } = opened({ maxBytes: 1_000 });
    for (const key of ['a', 'b', 'c', 'd']) complete(key, 300);
    expect(memory.bytes).toBeLessThanOrEqual(1_000);
    expect(claim('d').state).toBe('done');
    expect(claim('a').state).toBe('claimed');
  });

  it('refuses a claim with WEFT_OVERLOADED when all places are worked at, until a lease is over', async () => {
    const { clock, claim } = opened({ maxEntries: 2 });
    claim('a', 1_000);
    claim('b', 5_000);
    expect(() => claim('c')).toThrow(expect.objectContaining({ code: 'WEFT_OVERLOADED' }));
    await clock.advance(1_000);
    expect(claim('c').state).toBe('claimed');
    expect(() => claim('a')).toThrow('all 2 idempotency keys are being worked at');
  });

  it('refuses an answer larger than all there is, and the work is still ours', () => {
    const { memory, claim } = opened({ maxBytes: 100 });
    const claimed = claim('a');
    const token = claimed.state === 'claimed' ? claimed.token : '';
    const answer = { status: 200, headers: {}, body: new Uint8Array(101) };
    expect(() => memory.complete('a', token, answer, HOUR_MS)).toThrow(
      expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }),
    );
    expect(claim('a').state).toBe('running');
  });

  it('keeps what was answered from everybody who holds a part of it', () => {
    const { memory, claim } = opened();
    const claimed = claim('a');
    const answer = { status: 200, headers: { etag: '1' }, body: Uint8Array.of(1) };
    memory.complete('a', claimed.state === 'claimed' ? claimed.token : '', answer, HOUR_MS);
    answer.body[0] = 2;
    answer.headers.etag = '2';
    const first = claim('a');
    if (first.state === 'done') first.answer.body[0] = 3;
    expect(claim('a')).toMatchObject({ answer: { headers: { etag: '1' }, body: Uint8Array.of(1) } });
  });

  it('forgets answers whose time is over, also of keys that nobody asks for', async () => {
    const { clock, memory, claim, complete } = opened();
    for (const key of ['a', 'b', 'c']) complete(key);
    await clock.advance(HOUR_MS);
    claim('d');
    expect([memory.size, memory.bytes]).toEqual([1, 0]);
  });

  it('refuses times and bounds that cannot be', () => {
    const { claim } = opened();
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => claim('a', bad)).toThrow('leaseMs');
    expect(() => new IdempotencyMemory({ maxEntries: 0, maxBytes: -1 })).toThrow(
      /maxEntries: 0: expected a whole number from 1\nidempotency\.maxBytes: -1/,
    );
  });
});
