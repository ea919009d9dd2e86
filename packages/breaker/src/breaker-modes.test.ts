import { virtualClock } from '@weft/conformance';
import type { Result } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { CircuitBreaker, type CircuitBreakerOptions } from './index.js';

const end = (breaker: CircuitBreaker, result: Result, calls = 1, durationMs = 1) => {
  for (let call = 0; call < calls; call++) breaker.tryEnter()?.done(result, durationMs);
};

describe('CircuitBreaker by mode', () => {
  it('counts 5 failures within 10 s in mode count unless told otherwise', async () => {
    const clock = virtualClock();
    const breaker = new CircuitBreaker({ mode: 'count', clock });
    end(breaker, 'failed', 4);
    await clock.advance(10_000);
    end(breaker, 'failed', 4);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'failed');
    expect(breaker.isOpen()).toBe(true);
  });

  it('wants half of at least 20 calls within 10 s in mode rate unless told otherwise (R60)', () => {
    const breaker = new CircuitBreaker({ mode: 'rate', clock: virtualClock() });
    end(breaker, 'failed');
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'ok', 10);
    end(breaker, 'failed', 8);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'failed');
    expect(breaker.isOpen()).toBe(true);
  });

  it('is never opened by a success in mode rate', () => {
    const breaker = new CircuitBreaker({ mode: 'rate', clock: virtualClock() });
    end(breaker, 'failed', 19);
    end(breaker, 'ok');
    expect(breaker.isClosed()).toBe(true);
  });

  it.each(['consecutive', 'count', 'rate'] as const)('is opened by slow calls in mode %s', (mode) => {
    const breaker = new CircuitBreaker({ mode, slow: { threshold: '2s' }, clock: virtualClock() });
    end(breaker, 'ok', 19, 2_001);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'ok', 1, 2_001);
    expect(breaker.isOpen()).toBe(true);
  });

  it('lets the window slide by a tenth of it at a time', async () => {
    const clock = virtualClock(0);
    const breaker = new CircuitBreaker({ mode: 'count', threshold: 10, window: '10s', clock });
    for (let failure = 0; failure < 50; failure++) {
      end(breaker, 'failed');
      await clock.advance(1_200);
    }
    expect(breaker.isClosed()).toBe(true);
    await clock.advance(10_000);
    for (let failure = 0; failure < 10; failure++) {
      expect(breaker.isClosed()).toBe(true);
      end(breaker, 'failed');
      await clock.advance(1_000);
    }
    expect(breaker.isOpen()).toBe(true);
  });

  it('keeps count with 100,000 calls in the window', () => {
    const breaker = new CircuitBreaker({ mode: 'rate', ratio: 0.25, clock: virtualClock() });
    end(breaker, 'ok', 75_000);
    end(breaker, 'failed', 24_999);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'failed');
    expect(breaker.isOpen()).toBe(true);
  });
});

describe('CircuitBreaker on the clock of the process (R63)', () => {
  const { now } = Date;
  const jump = (ms: number) => {
    Date.now = () => now() + ms;
  };
  afterEach(() => {
    Date.now = now;
  });

  it.each<[string, CircuitBreakerOptions, Result, number]>([
    ['consecutive', { threshold: 3 }, 'failed', 1],
    ['count', { mode: 'count', threshold: 3 }, 'failed', 1],
    ['rate', { mode: 'rate', minCalls: 3 }, 'failed', 1],
    ['slow calls', { slow: { threshold: 100 }, minCalls: 3 }, 'ok', 101],
  ])('neither forgets nor ends anything when the date jumps by an hour, by %s', (_, options, result, durationMs) => {
    const breaker = new CircuitBreaker({ timeout: '10m', ...options });
    end(breaker, result, 1, durationMs);
    jump(3_600_000);
    end(breaker, result, 1, durationMs);
    expect(breaker.isClosed()).toBe(true);
    jump(-3_600_000);
    end(breaker, result, 1, durationMs);
    expect(breaker.isOpen()).toBe(true);
    jump(3_600_000);
    expect(breaker.isOpen()).toBe(true);
    expect(breaker.refusal().message).toMatch(/in (600000|59\d{4}) ms/);
    jump(-3_600_000);
    expect(breaker.isOpen()).toBe(true);
  });
});
