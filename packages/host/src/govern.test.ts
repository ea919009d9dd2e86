import { describe, expect, it } from 'vitest';
import { checkPolicies, govern, isCaching } from './govern.js';

describe('govern', () => {
  it("puts the config center's policies in place of the config's, key by key", () => {
    const own = { orders: { retries: 1, timeout: '1s' }, 'orders GET /': { retries: 2 } };
    expect(govern(own, { orders: { retries: 3 } }, false)).toEqual({ orders: { retries: 3 }, 'orders GET /': { retries: 2 } });
    expect(govern(own, {}, false)).toEqual(own);
  });

  it('puts the cache under what is said for every service', () => {
    expect(govern({}, {}, true)).toEqual({ '*': { cache: true } });
    expect(govern({ '*': { retries: 1 } }, {}, true)).toEqual({ '*': { cache: true, retries: 1 } });
    expect(govern({}, { '*': { cache: false } }, true)).toEqual({ '*': { cache: false } });
  });
});

describe('checkPolicies', () => {
  it('asks for a cache only where there is no word about one', () => {
    const policies = { orders: { cache: true, fallback: 'stale' } };
    expect(checkPolicies(policies, {}).map(({ path }) => path)).toEqual([
      'policies["orders"].cache',
      'policies["orders"].fallback',
    ]);
    expect(checkPolicies(policies, { cache: false })).toEqual([]);
    expect(checkPolicies({ orders: { cache: false } }, {})).toEqual([]);
  });

  it.each([[[]], ['text'], [null]])('refuses %j', (policies) => {
    expect(checkPolicies(policies, {})).toEqual([{ path: 'policies', message: expect.stringContaining('expected an object') }]);
  });
});

describe('isCaching', () => {
  it('is what the block says', () => {
    const blocks = [undefined, true, {}, { ttl: '1s' }, false, { enabled: false }];
    expect(blocks.map((cache) => isCaching(cache === undefined ? {} : { cache }))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
