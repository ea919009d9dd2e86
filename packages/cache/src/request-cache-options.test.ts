import { describe, expect, it } from 'vitest';
import { RequestCache } from './request-cache.js';

describe('the options of a cache', () => {
  it('are refused all at once, with path and reason', () => {
    const options = { ttl: -1, staleFor: 'soon', maxEntries: 0, maxBytes: 1.5, maxEntryBytes: Number.NaN, keyHeaders: [''] };
    const make = () => new RequestCache(options);
    expect(make).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
    for (const name of Object.keys(options)) expect(make).toThrow(`cache.${name}: `);
    expect(make).toThrow('cache.maxEntries: 0: expected a whole number from 1 to 16777216');
    expect(make).toThrow('cache.maxBytes: 1.5: expected a whole number from 1');
    expect(make).toThrow('cache.maxEntryBytes: NaN: expected a whole number from 1');
    expect(() => new RequestCache({ maxEntries: 1e12 })).toThrow(
      'cache.maxEntries: 1000000000000: expected a whole number from 1 to 16777216',
    );
  });

  it('may be a ttl only', () => {
    expect(new RequestCache('1m').size).toBe(0);
    expect(() => new RequestCache('a minute')).toThrow('cache.ttl: "a minute" is not a duration');
  });
});
