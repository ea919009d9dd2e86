import type { HeaderMap } from '@weft/core';
import { directiveMs, parseCacheControl } from './cache-control.js';

/** What an answer says about how long it may be used (RFC 9111, 4.2). */
export interface Freshness {
  /** How long it is fresh, in ms from when it was made; undefined when it does not say. */
  readonly freshMs: number | undefined;
  /** How old it was when it came, in ms. */
  readonly ageMs: number;
  /** Whether it must never be used when it is old without asking the service. */
  readonly mustRevalidate: boolean;
  /** How long after it was fresh it may stand for an answer that cannot be had (RFC 5861), in ms. */
  readonly staleIfErrorMs: number;
}

const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Reads the freshness of an answer off its headers: nothing is compared with the date of this machine. */
export function freshnessOf(headers: HeaderMap): Freshness {
  const control = parseCacheControl(headers['cache-control']);
  const isNeverFresh = control.has('no-cache');
  return {
    freshMs: isNeverFresh ? 0 : (directiveMs(control, 'max-age') ?? untilExpiryMs(headers)),
    ageMs: ageMs(headers),
    mustRevalidate: isNeverFresh || control.has('must-revalidate'),
    staleIfErrorMs: directiveMs(control, 'stale-if-error') ?? 0,
  };
}

/** `Expires` after `Date`: both are of the service's clock. One that cannot be read, or has no `Date` beside it, is past. */
function untilExpiryMs({ expires, date }: HeaderMap): number | undefined {
  if (expires === undefined) return undefined;
  return Math.max(0, dateMs(expires) - dateMs(date) || 0);
}

function dateMs(value: HeaderMap[string]): number {
  return typeof value === 'string' && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
}

function ageMs({ age }: HeaderMap): number {
  return typeof age === 'string' && /^\d{1,10}$/.test(age) ? Number(age) * 1_000 : 0;
}
