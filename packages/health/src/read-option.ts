import { type Duration, parseDuration, WeftError } from '@weft/core';

/** The refusal of an option: where it stands, and what is wrong with it. */
export function invalidOption(path: string, message: string): WeftError {
  return new WeftError('WEFT_CONFIG_INVALID', `${path}: ${message}`, { problems: [{ path, message }] });
}

/** A value as a message tells it. */
export function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : String(JSON.stringify(value));
}

/** A duration above 0, in ms. @throws WEFT_CONFIG_INVALID */
export function readDurationMs(value: Duration, path: string): number {
  const ms = parseDuration(value, path);
  if (ms === 0) throw invalidOption(path, '0 ms: expected a duration above 0, such as "2s"');
  return ms;
}

/** A number above 0, up to `highest`. @throws WEFT_CONFIG_INVALID */
export function readRatio(value: number, path: string, highest = 1): number {
  if (typeof value === 'number' && value > 0 && value <= highest) return value;
  throw invalidOption(path, `${shown(value)}: expected a number above 0, up to ${highest}`);
}
