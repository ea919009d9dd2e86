import type { WeftError } from '../errors.js';
import { invalidOption } from './invalid-option.js';

/** A number of ms, or text with units: `'30s'`, `'500ms'`, `'1m30s'`, `'2h'`. */
export type Duration = number | string;

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS };
const TEXT = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/**
 * A duration in ms. A bare number above 24 h is refused: it is most often a duration in Go's nanoseconds.
 * @param path where the value stands, for the error
 * @throws WEFT_CONFIG_INVALID when it is neither a number of ms from 0 nor text with units
 */
export function parseDuration(value: unknown, path = 'duration'): number {
  if (typeof value === 'number') {
    if (!(value >= 0) || !Number.isFinite(value)) throw invalid(path, `${value} is not a duration`);
    if (value > DAY_MS) throw invalid(path, `${value} ms is more than 24 h; is this Go nanoseconds? write "30s"`);
    return value;
  }
  if (typeof value !== 'string' || !TEXT.test(value)) throw invalid(path, `${JSON.stringify(value)} is not a duration`);
  let totalMs = 0;
  for (const [, amount, unit] of value.matchAll(PART)) totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return totalMs;
}

/**
 * A duration in ms, for what cannot happen in no time at all.
 * @throws WEFT_CONFIG_INVALID when it is 0, and as `parseDuration`
 */
export function parsePositiveDuration(value: unknown, path = 'duration'): number {
  const ms = parseDuration(value, path);
  if (ms > 0) return ms;
  throw invalidOption(path, '0: expected a duration above 0, such as "30s"');
}

function invalid(path: string, what: string): WeftError {
  return invalidOption(path, `${what}: expected a number of ms or text such as "30s", "500ms", "1m30s"`);
}
