import type { HeaderMap } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { freshnessOf } from './freshness.js';

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
const aMinuteLater = 'Sun, 06 Nov 1994 08:50:37 GMT';

describe('freshnessOf', () => {
  it.each<[HeaderMap, number | undefined]>([
    [{}, undefined],
    [{ 'cache-control': 'private, max-age=60' }, 60_000],
    [{ 'cache-control': 'max-age=60, no-cache' }, 0],
    [{ 'cache-control': 's-maxage=60' }, undefined],
    [{ expires: aMinuteLater, date }, 60_000],
    [{ expires: date, date: aMinuteLater }, 0],
    [{ expires: aMinuteLater }, 0],
    [{ expires: '0', date }, 0],
    [{ expires: '-1', date }, 0],
    [{ expires: [aMinuteLater, aMinuteLater], date }, 0],
    [{ expires: aMinuteLater, date, 'cache-control': 'max-age=5' }, 5_000],
  ])('of %j lasts %j ms', (headers, freshMs) => {
    expect(freshnessOf(headers).freshMs).toBe(freshMs);
  });

  it.each([
    ['7', 7_000],
    ['-7', 0],
    ['a week', 0],
    [undefined, 0],
  ])('takes an age of %j for %j ms', (age, ageMs) => {
    expect(freshnessOf({ age }).ageMs).toBe(ageMs);
  });

  it('knows what must not be used old, and what may stand for a failure', () => {
    expect(freshnessOf({ 'cache-control': 'must-revalidate' })).toMatchObject({ mustRevalidate: true, staleIfErrorMs: 0 });
    expect(freshnessOf({ 'cache-control': 'no-cache' }).mustRevalidate).toBe(true);
    expect(freshnessOf({ 'cache-control': 'stale-if-error=9' })).toMatchObject({ mustRevalidate: false, staleIfErrorMs: 9_000 });
  });
});
