import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type Fallback, fallback, mayFallBack } from './index.js';

const failure = new WeftError('WEFT_UNAVAILABLE', 'nobody there');
type Steps = readonly Fallback<string, string>[];

describe('fallback', () => {
  it('answers with the first that has an answer, and says that it is degraded, by what and why', async () => {
    const cache = new Map([['/a', 'old a']]);
    const steps: Steps = [
      { stale: (path) => cache.get(path) },
      { run: async ({ code }, path) => (path === '/b' ? `${code} ${path}` : Promise.reject(new Error('neither'))) },
      { value: 'default' },
    ];
    const common = { degraded: true, failure };
    expect(await fallback(failure, '/a', steps)).toEqual({ ...common, source: 'stale', answer: 'old a' });
    expect(await fallback(failure, '/b', steps)).toEqual({ ...common, source: 'run', answer: 'WEFT_UNAVAILABLE /b' });
    expect(await fallback(failure, '/c', steps)).toEqual({ ...common, source: 'value', answer: 'default' });
  });

  it('throws the failure itself when none has an answer', async () => {
    const steps: Steps = [{ stale: () => undefined }, { run: () => Promise.reject(new Error('of the fallback')) }];
    await expect(fallback(failure, '/a', steps)).rejects.toBe(failure);
    await expect(fallback(failure, '/a', [])).rejects.toBe(failure);
  });

  it.each(['WEFT_CANCELLED', 'WEFT_INVALID_ARGUMENT', 'WEFT_PERMISSION_DENIED', 'WEFT_UNAUTHENTICATED', 'WEFT_CLOSED'] as const)(
    'stands for no %s: that is the matter of the caller',
    async (code) => {
      const own = new WeftError(code, 'own');
      expect(mayFallBack(own)).toBe(false);
      await expect(fallback(own, '/a', [{ value: 'hidden' }])).rejects.toBe(own);
    },
  );

  it.each(['WEFT_BREAKER_OPEN', 'WEFT_OVERLOADED', 'WEFT_RATE_LIMITED', 'WEFT_DEADLINE_EXCEEDED', 'WEFT_NO_INSTANCE'] as const)(
    'stands for a %s',
    async (code) => {
      expect(await fallback(new WeftError(code, 'refused'), '/a', [{ value: 'shown' }])).toMatchObject({ answer: 'shown' });
    },
  );
});
