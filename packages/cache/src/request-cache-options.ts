import { type Clock, type Duration, type Problem, parseDuration, problemsOf, systemClock, WeftError } from '@weft/core';

/** How much a cache keeps, and for how long; every member has a default. */
export interface RequestCacheOptions {
  /** How long an answer is fresh that does not say so itself. Not at all unless set. */
  readonly ttl?: Duration | undefined;
  /** How long after it was fresh an answer can still stand for one that cannot be had; `1h` unless set. */
  readonly staleFor?: Duration | undefined;
  /** Most entries at once, up to 16,777,216; 10,000 unless set. */
  readonly maxEntries?: number | undefined;
  /** Most bytes at once: bodies, headers, keys; 64 MiB unless set. */
  readonly maxBytes?: number | undefined;
  /** Largest body that is kept, in bytes; 1 MiB unless set. */
  readonly maxEntryBytes?: number | undefined;
  /** Headers that say who asks, beside `authorization` and `cookie`: callers that differ in one share no answer. */
  readonly keyHeaders?: readonly string[] | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

/** The options of a cache, worked out. */
export interface RequestCacheSettings {
  readonly ttlMs: number | undefined;
  readonly staleForMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  /** In lower case. */
  readonly keyHeaders: readonly string[];
  readonly clock: Clock;
}

/** What a `Map` can hold. Room for the most is taken at once. */
const MOST_ENTRIES = 16_777_216;

/** @throws WEFT_CONFIG_INVALID telling all that is wrong */
export function parseCacheOptions(options: RequestCacheOptions): RequestCacheSettings {
  const problems: Problem[] = [];
  const settings = {
    ttlMs: options.ttl === undefined ? undefined : durationMs('ttl', options.ttl, problems),
    staleForMs: durationMs('staleFor', options.staleFor ?? '1h', problems),
    maxEntries: count('maxEntries', options.maxEntries ?? 10_000, problems, MOST_ENTRIES),
    maxBytes: count('maxBytes', options.maxBytes ?? 67_108_864, problems),
    maxEntryBytes: count('maxEntryBytes', options.maxEntryBytes ?? 1_048_576, problems),
    keyHeaders: ['authorization', 'cookie', ...names('keyHeaders', options.keyHeaders ?? [], problems)],
    clock: options.clock ?? systemClock,
  };
  if (problems.length === 0) return settings;
  throw new WeftError('WEFT_CONFIG_INVALID', problems.map(({ path, message }) => `${path}: ${message}`).join('\n'), { problems });
}

function durationMs(name: string, value: Duration, problems: Problem[]): number {
  try {
    return parseDuration(value, `cache.${name}`);
  } catch (error) {
    problems.push(...problemsOf(error));
    return 0;
  }
}

function count(name: string, value: number, problems: Problem[], most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    refuse(name, value, `a whole number from 1 to ${most}`, problems);
  return value;
}

function names(name: string, value: readonly string[], problems: Problem[]): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')) {
    return value.map((one) => one.toLowerCase());
  }
  refuse(name, value, 'a list of header names', problems);
  return [];
}

function refuse(name: string, value: unknown, expected: string, problems: Problem[]): void {
  problems.push({
    path: `cache.${name}`,
    message: `${typeof value === 'number' ? value : JSON.stringify(value)}: expected ${expected}`,
  });
}
