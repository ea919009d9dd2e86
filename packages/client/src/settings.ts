import { type Duration, invalidOption, parseDuration } from '@weft/core';
import type { ClientOptions } from './options.js';

/** The numbers of a client, worked out. A setter replaces the object, so a call sees one consistent set. */
export interface Settings {
  readonly timeoutMs: number;
  /** What was asked for; undefined = worked out for each call. */
  readonly attemptTimeoutMs: number | undefined;
  readonly retries: number;
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly throwOnStatus: boolean;
}

/** The numbers of `options` with their defaults. @throws WEFT_CONFIG_INVALID */
export function parseSettings(options: ClientOptions): Settings {
  const timeoutMs = parseTimeout(options.timeout ?? 30_000, 'client.timeout');
  return {
    timeoutMs,
    attemptTimeoutMs:
      options.attemptTimeout === undefined ? undefined : parseTimeout(options.attemptTimeout, 'client.attemptTimeout'),
    retries: parseCount(options.retries ?? 3, 'client.retries'),
    maxRetries: parseCount(options.maxRetries ?? 5, 'client.maxRetries'),
    retryDelayMs: parseDuration(options.retryDelay ?? 25, 'client.retryDelay'),
    throwOnStatus: options.throwOnStatus ?? false,
  };
}

/** A time limit in ms; `false` is none. @throws WEFT_CONFIG_INVALID when it is 0 or no duration */
export function parseTimeout(value: Duration | false, path: string): number {
  if (value === false || value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const ms = parseDuration(value, path);
  if (ms > 0) return ms;
  throw invalidOption(path, 'a time limit of 0 lets no call succeed; write false for no limit');
}

/** A whole number from 0. @throws WEFT_CONFIG_INVALID */
export function parseCount(value: number, path: string): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw invalidOption(path, `expected a whole number from 0, found ${value}`);
}
