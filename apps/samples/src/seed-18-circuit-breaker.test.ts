import { virtualClock } from '@weft/conformance';
import { createCircuitBreaker } from '@weft/host';
import { describe, expect, it } from 'vitest';

describe('seed 18: a test of the circuit breaker', () => {
  it('opens after 3 failures and is half-open 11 s later, without a call (S60-S62, S64, S66, S157)', async () => {
    const clock = virtualClock();
    const circuitBreaker = createCircuitBreaker({ threshold: 3, timeout: '10s', clock });

    for (let call = 0; call < 3; call++) {
      const failing = circuitBreaker.execute(async () => {
        throw new Error('service error');
      });
      await expect(failing).rejects.toThrow('service error');
    }
    expect(circuitBreaker.isOpen()).toBe(true);

    await clock.advance(11_000);
    expect(circuitBreaker.isHalfOpen()).toBe(true);
  });

  it('closes when the trial succeeds, and opens again when it fails (S63, S65)', async () => {
    const clock = virtualClock();
    const circuitBreaker = createCircuitBreaker({ threshold: 1, timeout: '10s', clock });
    const fail = () => circuitBreaker.execute(() => Promise.reject(new Error('service error')));
    await expect(fail()).rejects.toThrow('service error');
    await expect(fail()).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    await clock.advance(11_000);
    await expect(fail()).rejects.toThrow('service error');
    expect(circuitBreaker.isOpen()).toBe(true);
    await clock.advance(60_000);
    await circuitBreaker.execute(async () => 'well');
    expect(circuitBreaker.isClosed()).toBe(true);
  });
});
