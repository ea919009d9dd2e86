import { virtualClock } from '@weft/conformance';
import { type CircuitBreaker, noopLogger, type Result, type Slots } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import driver, { type OpossumBreakerOptions, openOpossumBreaker } from './index.js';

const end = (breaker: CircuitBreaker, result: Result, calls = 1) => {
  for (let call = 0; call < calls; call++) breaker.tryEnter()?.done(result, 1);
};

describe('openOpossumBreaker', () => {
  it('opens after 5 failures in a row and half-opens after 30 s unless told otherwise', async () => {
    const clock = virtualClock();
    const breaker = openOpossumBreaker({}, clock);
    end(breaker, 'ok', 100);
    end(breaker, 'failed', 4);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'failed');
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(29_999);
    expect(breaker.isOpen()).toBe(true);
    await clock.advance(1);
    expect(breaker.isHalfOpen()).toBe(true);
  });

  it('does not open in mode consecutive by any share of failures', () => {
    const breaker = openOpossumBreaker({ threshold: 50 }, virtualClock());
    for (let round = 0; round < 100; round++) {
      end(breaker, 'failed', 49);
      end(breaker, 'ok');
    }
    expect(breaker.isClosed()).toBe(true);
  });

  it('wants half of at least 20 calls within 10 s in mode rate unless told otherwise (R60)', async () => {
    const clock = virtualClock();
    const breaker = openOpossumBreaker({ mode: 'rate' }, clock);
    end(breaker, 'failed', 19);
    await clock.advance(10_000);
    end(breaker, 'failed');
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'ok', 10);
    end(breaker, 'failed', 8);
    expect(breaker.isClosed()).toBe(true);
    end(breaker, 'failed');
    expect(breaker.isOpen()).toBe(true);
  });

  it('tells in its refusal when a probe may pass', async () => {
    const clock = virtualClock();
    const breaker = openOpossumBreaker({ timeout: '10s' }, clock);
    breaker.open();
    await clock.advance(2_000);
    const refused = breaker.execute(async () => 1);
    await expect(refused).rejects.toThrow('The circuit breaker is open and lets a probe through in 8000 ms');
  });

  it.each<[object, string]>([
    [{ threshold: 0 }, 'circuitBreaker.threshold'],
    [{ threshold: 1.5 }, 'circuitBreaker.threshold'],
    [{ timeout: 0 }, 'circuitBreaker.timeout'],
    [{ timeout: 'soon' }, 'circuitBreaker.timeout'],
    [{ mode: 'rate', ratio: 50 }, 'circuitBreaker.ratio'],
    [{ mode: 'rate', ratio: 0 }, 'circuitBreaker.ratio'],
    [{ mode: 'rate', minCalls: 0 }, 'circuitBreaker.minCalls'],
    [{ mode: 'rate', window: 0 }, 'circuitBreaker.window'],
    [{ ratio: 0.5 }, 'circuitBreaker.ratio'],
    [{ window: '5s' }, 'circuitBreaker.window'],
    [{ mode: 'count' }, 'circuitBreaker.mode'],
    [{ slow: { threshold: '1s' } }, 'circuitBreaker.slow'],
    [{ probes: 2 }, 'circuitBreaker.probes'],
  ])('refuses %j', (options, path) => {
    expect(() => openOpossumBreaker(options)).toThrow(
      expect.objectContaining({ code: 'WEFT_CONFIG_INVALID', problems: [expect.objectContaining({ path })] }),
    );
  });

  it('says that what opossum cannot do is offered by the built-in breaker', () => {
    const options: object = { mode: 'count', slow: {}, probes: 2 };
    expect(() => openOpossumBreaker(options)).toThrow(/mode: .*the built-in breaker.*\n.*probes: .*\n.*slow: .*/);
  });
});

describe('openOpossumBreaker on the clock of the process', () => {
  const { now } = Date;
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] }));
  afterEach(() => {
    vi.useRealTimers();
    Date.now = now;
  });

  it.each<OpossumBreakerOptions>([{ threshold: 3 }, { mode: 'rate', minCalls: 3 }])('sets no timer, with %j', (options) => {
    const breaker = openOpossumBreaker(options);
    end(breaker, 'failed', 3);
    expect(breaker.isOpen()).toBe(true);
    breaker.close();
    breaker.open();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<OpossumBreakerOptions>([{ threshold: 3 }, { mode: 'rate', minCalls: 3 }])(
    'neither forgets nor ends anything when the date jumps by an hour, with %j (R63)',
    (options) => {
      const jump = (ms: number) => {
        Date.now = () => now() + ms;
      };
      const breaker = openOpossumBreaker({ timeout: '10m', ...options });
      end(breaker, 'failed');
      jump(3_600_000);
      end(breaker, 'failed');
      expect(breaker.isClosed()).toBe(true);
      jump(-3_600_000);
      end(breaker, 'failed');
      expect(breaker.isOpen()).toBe(true);
      jump(3_600_000);
      expect(breaker.isOpen()).toBe(true);
    },
  );
});

describe('the driver opossum', () => {
  it('fills its slot with a function that makes a breaker for each service, on the clock of the host', async () => {
    const clock = virtualClock();
    const get = <Slot extends keyof Slots>(): Slots[Slot] => {
      throw new Error('nothing is needed');
    };
    const opened = await driver.open(
      { threshold: 1, timeout: '1m' },
      { get, clock, folder: '.', logger: noopLogger, signal: AbortSignal.timeout(1_000) },
    );
    const [first, second] = [opened.value(), opened.value()];
    end(first, 'failed');
    expect([first.state, second.state]).toEqual(['open', 'closed']);
    await clock.advance(60_000);
    expect(first.isHalfOpen()).toBe(true);
  });
});

describe('changes of state', () => {
  it('are told once each, the half-open one when somebody looks', async () => {
    const clock = virtualClock();
    const told: string[] = [];
    const breaker = openOpossumBreaker({ threshold: 1, timeout: '1s' }, clock, (state, previous) =>
      told.push(`${previous} > ${state}`),
    );
    breaker.tryEnter()?.done('failed', 1);
    await clock.advance(1_000);
    expect(breaker.isHalfOpen()).toBe(true);
    expect(breaker.isHalfOpen()).toBe(true);
    breaker.tryEnter()?.done('ok', 1);
    expect(told).toEqual(['closed > open', 'open > half-open', 'half-open > closed']);
  });
});
