import { seededRandom, virtualClock } from '@weft/conformance';
import { type BreakerState, type LogFields, type Logger, noopLogger, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker, type CircuitBreakerOptions } from './index.js';

const scene = (options: CircuitBreakerOptions = {}) => {
  const clock = virtualClock();
  const breaker = new CircuitBreaker({ threshold: 2, timeout: '10s', clock, random: seededRandom(61), ...options });
  const fail = (calls = 2) => {
    for (let call = 0; call < calls; call++) breaker.tryEnter()?.done('failed', 1);
  };
  return { clock, breaker, fail };
};

describe('CircuitBreaker', () => {
  it('opens after 5 failures in a row and half-opens after 30 s unless told otherwise (S59)', async () => {
    const clock = virtualClock();
    const breaker = new CircuitBreaker({ clock });
    for (let call = 0; call < 5; call++) {
      expect(breaker.isClosed()).toBe(true);
      breaker.tryEnter()?.done('failed', 1);
    }
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(29_999);
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(1);
    expect(breaker.isHalfOpen()).toBe(true);
  });

  it('tells when it will let a probe through, in its refusal', async () => {
    const { breaker, clock, fail } = scene();
    fail();
    await clock.advance(2_000);
    expect(breaker.refusal().message).toBe('The circuit breaker is open and lets a probe through in 8000 ms');
    await clock.advance(8_000);
    expect(breaker.refusal().message).toBe('The circuit breaker is half-open and waits for its probe');
    expect(breaker.refusal()).toMatchObject({ code: 'WEFT_BREAKER_OPEN', retryable: true, ambiguous: false });
  });

  it('tells each change of state once', async () => {
    const told: [BreakerState, BreakerState][] = [];
    const { breaker, clock, fail } = scene({ onStateChange: (state, previous) => told.push([state, previous]) });
    fail();
    breaker.tryEnter();
    await clock.advance(10_000);
    breaker.isOpen();
    breaker.isHalfOpen();
    breaker.tryEnter()?.done('ok', 1);
    breaker.close();
    expect(told).toEqual([
      ['open', 'closed'],
      ['half-open', 'open'],
      ['closed', 'half-open'],
    ]);
  });

  it('is not disturbed by a listener that throws, and logs it', () => {
    const logged: LogFields[] = [];
    const logger: Logger = { ...noopLogger, error: (_, fields = {}) => logged.push(fields) };
    const onStateChange = () => {
      throw new Error('listener');
    };
    const { breaker, fail } = scene({ onStateChange, logger });
    fail();
    expect(breaker.isOpen()).toBe(true);
    expect(logged).toEqual([{ error: 'listener' }]);
  });

  it('goes on doubling when it closes without half-open and nothing succeeds', async () => {
    const { breaker, clock, fail } = scene({ halfOpen: false, random: () => 0.5 });
    fail();
    await clock.advance(10_000);
    fail();
    await clock.advance(19_999);
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(1);
    expect(breaker.isClosed()).toBe(true);
    breaker.tryEnter()?.done('ok', 1);
    fail();
    await clock.advance(10_000);
    expect(breaker.isClosed()).toBe(true);
  });

  it('keeps a first open time of more than 5 min', async () => {
    const { breaker, clock, fail } = scene({ timeout: '10m' });
    fail();
    await clock.advance(600_000);
    breaker.tryEnter()?.done('failed', 1);
    await clock.advance(600_000);
    expect(breaker.isHalfOpen()).toBe(true);
  });

  it('hands out the same permit to everybody while it is closed', () => {
    const { breaker } = scene();
    expect(breaker.tryEnter()).toBe(breaker.tryEnter());
  });

  it.each([
    [{ threshold: 0 }, 'circuitBreaker.threshold'],
    [{ threshold: -1 }, 'circuitBreaker.threshold'],
    [{ threshold: 1.5 }, 'circuitBreaker.threshold'],
    [{ threshold: Number.NaN }, 'circuitBreaker.threshold'],
    [{ threshold: Number.POSITIVE_INFINITY }, 'circuitBreaker.threshold'],
    [{ timeout: 0 }, 'circuitBreaker.timeout'],
    [{ timeout: -1 }, 'circuitBreaker.timeout'],
    [{ timeout: Number.NaN }, 'circuitBreaker.timeout'],
    [{ timeout: Number.POSITIVE_INFINITY }, 'circuitBreaker.timeout'],
    [{ timeout: 'soon' }, 'circuitBreaker.timeout'],
    [{ timeout: 30_000_000_000 }, 'circuitBreaker.timeout'],
    [{ probes: 0 }, 'circuitBreaker.probes'],
    [{ halfOpen: 'false' as unknown as boolean }, 'circuitBreaker.halfOpen'],
    [{ slow: null as unknown as { threshold: string } }, 'circuitBreaker.slow.threshold'],
    [{ slow: 0 as unknown as { threshold: string } }, 'circuitBreaker.slow.threshold'],
    [{ mode: 'count', window: 0 }, 'circuitBreaker.window'],
    [{ mode: 'rate', minCalls: 0 }, 'circuitBreaker.minCalls'],
    [{ mode: 'rate', ratio: 0 }, 'circuitBreaker.ratio'],
    [{ mode: 'rate', ratio: 50 }, 'circuitBreaker.ratio'],
    [{ slow: { threshold: 0 } }, 'circuitBreaker.slow.threshold'],
    [{ slow: { threshold: '1s', ratio: 1.1 } }, 'circuitBreaker.slow.ratio'],
    [{ ratio: 0.5 }, 'circuitBreaker.ratio'],
    [{ mode: 'count', minCalls: 5 }, 'circuitBreaker.minCalls'],
    [{ window: '10s' }, 'circuitBreaker.window'],
  ] as [CircuitBreakerOptions, string][])('refuses %j', (options, path) => {
    expect(() => new CircuitBreaker(options)).toThrow(
      expect.objectContaining({ code: 'WEFT_CONFIG_INVALID', problems: [expect.objectContaining({ path })] }),
    );
  });

  it('says which modes there are, and which was probably meant', () => {
    const options: object = { mode: 'rates' };
    expect(() => new CircuitBreaker(options)).toThrow(
      'circuitBreaker.mode: "rates": expected one of consecutive, count, rate. Did you mean "rate"?',
    );
  });

  it('says what an option without effect lacks', () => {
    expect(() => new CircuitBreaker({ ratio: 0.3 })).toThrow('circuitBreaker.ratio: has no effect without mode: "rate"');
  });

  it('reports all bad options at once', () => {
    const make = () => new CircuitBreaker({ threshold: 0, timeout: 0, probes: 0 });
    expect(make).toThrow(WeftError);
    expect(make).toThrow(/threshold: 0: expected a whole number from 1\n.*timeout: 0: .*above 0.*\n.*probes: 0/);
  });
});
