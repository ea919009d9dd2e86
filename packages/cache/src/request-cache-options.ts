import { type Clock, type Duration, OptionReader, parseDuration, systemClock } from '@weft/core';

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
  const reader = new OptionReader('cache');
  const { ttl, staleFor = '1h', keyHeaders = [] } = options;
  const settings = {
    ttlMs: ttl === undefined ? undefined : reader.durationMs('ttl', ttl, parseDuration),
    staleForMs: reader.durationMs('staleFor', staleFor, parseDuration),
    maxEntries: reader.count('maxEntries', options.maxEntries ?? 10_000, 1, MOST_ENTRIES),
    maxBytes: reader.count('maxBytes', options.maxBytes ?? 67_108_864),
    maxEntryBytes: reader.count('maxEntryBytes', options.maxEntryBytes ?? 1_048_576),
    keyHeaders: ['authorization', 'cookie', ...readNames(keyHeaders, reader)],
    clock: options.clock ?? systemClock,
  };
  reader.check();
  return settings;
}

function readNames(names: readonly string[], reader: OptionReader): readonly string[] {
  const isRight = Array.isArray(names) && names.every((one) => typeof one === 'string' && one !== '');
  reader.expect('keyHeaders', names, isRight, 'a list of header names');
  return isRight ? names.map((one) => one.toLowerCase()) : [];
}
