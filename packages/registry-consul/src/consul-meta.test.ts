import { describe, expect, it } from 'vitest';
import { fromMeta, toMeta } from './consul-meta.js';

const fields = { version: '1', incarnation: '0m' };
const bytes = (text: string) => Buffer.byteLength(text);

function assertWithinLimits(meta: Readonly<Record<string, string>>): void {
  expect(Object.keys(meta).length).toBeLessThanOrEqual(64);
  for (const [key, value] of Object.entries(meta)) {
    expect(key).toMatch(/^(?!consul-)[A-Za-z0-9_-]{1,128}$/);
    expect(bytes(value)).toBeLessThanOrEqual(512);
  }
}

describe('the metadata of a Consul service', () => {
  it('has the metadata of the instance under its own keys, and ours beside it', () => {
    expect(toMeta({ fields, metadata: { region: 'eu', note: '' } })).toEqual({
      weft: '1',
      'weft-version': '1',
      'weft-incarnation': '0m',
      region: 'eu',
      note: '',
    });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['keys that Consul forbids', { 'a.b': '1', 'ä €': '2', '': '3', 'consul-x': '4', ['k'.repeat(129)]: '5' }],
    ['keys that look like ours', { weft: '1', 'weft-version': '2', 'weft-more-0': '3', wefted: '4', consul: '5' }],
    ['values that are too long', { long: 'x'.repeat(5_000), wide: '€'.repeat(200) }],
    ['64 keys', Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`key-${at}`, `value ${at}`]))],
    ['8 KiB', Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`key-${at}`, '🦊'.repeat(254)]))],
    ['keys of Object.prototype', JSON.parse('{"__proto__": "1", "constructor": "2", "toString": "3"}')],
  ])('gives back %s', (_, metadata) => {
    const meta = toMeta({ fields, metadata });
    assertWithinLimits(meta);
    expect(fromMeta(JSON.parse(JSON.stringify(meta)))).toEqual({ fields, metadata });
  });

  it('gives back a field that is too long', () => {
    const long = { ...fields, zone: '€'.repeat(256), 'health-path': `/${'x'.repeat(2_000)}` };
    const meta = toMeta({ fields: long, metadata: {} });
    assertWithinLimits(meta);
    expect(fromMeta(meta)?.fields).toEqual(long);
  });

  it('refuses what is too much for it', () => {
    expect(() => toMeta({ fields, metadata: { all: 'x'.repeat(13_000) } })).toThrow(
      expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }),
    );
  });

  it('is that of somebody else without our mark, and survives when somebody has written into it', () => {
    expect(fromMeta({ version: '1' })).toBeUndefined();
    expect(fromMeta({})).toBeUndefined();
    for (const more of ['{', 'null', '[]', '"x"', '1']) {
      expect(fromMeta({ weft: '1', 'weft-version': '1', 'weft-more-0': more })).toEqual({
        fields: { version: '1' },
        metadata: {},
      });
    }
  });
});
