import { describe, expect, it } from 'vitest';
import { acceptedEncoding } from './accepted-encoding.js';

describe('acceptedEncoding', () => {
  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=1.0', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['gzip ; q=0.000', undefined],
    ['identity', undefined],
    ['deflate, zstd', undefined],
    ['', undefined],
    ['gzip;q=broken', undefined],
    [';;;,,,q=1', undefined],
  ])('%j asks for %s', (header, encoding) => {
    expect(acceptedEncoding(header)).toBe(encoding);
  });
});
