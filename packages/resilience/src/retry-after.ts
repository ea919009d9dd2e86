import { epochMs } from '@weft/core';

const SECONDS = /^\d{1,10}$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Ms to wait that a `Retry-After` header asks for: seconds or an HTTP date (RFC 9110, 10.2.3). A date of the past is 0;
 * anything else is as if the header were not there.
 * @param epochNowMs ms since 1970, for dates
 */
export function parseRetryAfter(value: string | readonly string[] | undefined, epochNowMs = epochMs()): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  if (!HTTP_DATE.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - epochNowMs);
}
