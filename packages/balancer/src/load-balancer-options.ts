import type { Clock, Duration, Random } from '@weft/core';
import { readPushback } from './avoid-pushback.js';
import type { BalancerReader } from './balancer-reader.js';
import { readConsistentHash } from './consistent-hash.js';
import { type FilterOptions, readFilter } from './filter-instances.js';
import { readP2cEwma } from './p2c-ewma.js';
import { readZone, type ZoneOptions } from './prefer-zone.js';
import { readSlowStart } from './slow-start.js';
import { readSplit } from './split-by-version.js';
import { readSubset, type SubsetOptions } from './subset.js';
import { readWeights } from './weighted.js';

/**
 * What a balancer may be told. Each strategy takes what it knows and leaves the rest, so a strategy can be changed by changing
 * one word; `filter`, `split`, `zone`, `subset`, `slowStart` and `pushback` go with every strategy.
 */
export interface LoadBalancerOptions {
  /** `weighted`: share of traffic by instance id, relative to the others, from 0 (drained). */
  readonly weights?: Readonly<Record<string, number>>;
  /** `least_connections`, `p2c_ewma`: how long a failed call goes on counting as if it were in flight; 1 s unless set. */
  readonly penalty?: Duration;
  /** `p2c_ewma`: after how long a latency counts for 1/e; 10 s unless set. */
  readonly decay?: Duration;
  /** `consistent_hash`: how many times the average of calls in flight an instance may have; 1.25 unless set, `false` = any. */
  readonly loadFactor?: number | false;
  /** `consistent_hash`: calls in flight that an instance may have in any case; 4 unless set. */
  readonly minInFlight?: number;
  /** How long an instance that comes gets less than its share; `false` = not at all. 10 s for `least_connections` and `p2c_ewma`. */
  readonly slowStart?: Duration | false;
  /** How many instances are called at all, or that and who is calling. */
  readonly subset?: number | Omit<SubsetOptions, 'random'>;
  /** The zone to stay in, or that and how much it may carry. */
  readonly zone?: string | ZoneOptions;
  /** Share of the calls by version, relative to the others, from 0; `2` has 2.1.3, `*` has all others. */
  readonly split?: Readonly<Record<string, number>>;
  /** Which instances are called: by version, tags, metadata. */
  readonly filter?: FilterOptions;
  /** How long an instance is avoided that answered 429 without saying how long; 1 s unless set, `false` = never. */
  readonly pushback?: Duration | false;
  /** How many further instances a client tries; read by the client, not by a strategy. */
  readonly maxRetries?: number;
  /** `maxRetries` as it stands in snake_case configs. */
  readonly max_retries?: number;
  /** Time, for strategies that look at it; the process's clock unless set. */
  readonly clock?: Clock;
  /** Random numbers, for strategies that draw; the process's unless set. */
  readonly random?: Random;
}

const WORDS: readonly string[] = [
  'weights',
  'penalty',
  'decay',
  'loadFactor',
  'minInFlight',
  'slowStart',
  'subset',
  'zone',
  'split',
  'filter',
  'pushback',
  'maxRetries',
];
/** What is given by programs, not by configs. */
const PARTS: readonly string[] = ['clock', 'random'];

/** Options by their own names: those of a config may be written in snake_case. What nobody knows is refused. */
export function spellOptions(given: Readonly<Record<string, unknown>>, reader: BalancerReader): LoadBalancerOptions {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = key.replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!WORDS.includes(name) && !PARTS.includes(name)) reader.unknown(key, key, WORDS);
    else if (value !== undefined) options[name] = value;
  }
  return options;
}

/** Collects what is wrong with any of them, whether the strategy takes it or not. */
export function checkOptions(options: LoadBalancerOptions, reader: BalancerReader): void {
  const { weights, slowStart, subset, zone, split, filter, pushback, maxRetries } = options;
  if (weights !== undefined) readWeights(weights, reader);
  readP2cEwma(options, reader);
  readConsistentHash(options, reader);
  if (slowStart !== undefined && slowStart !== false) readSlowStart(slowStart, reader);
  if (subset !== undefined) readSubset(subset, reader);
  if (zone !== undefined) readZone(zone, reader);
  if (split !== undefined) readSplit(split, reader);
  if (filter !== undefined) readFilter(filter, reader);
  if (pushback !== undefined && pushback !== false) readPushback(pushback, reader);
  if (maxRetries !== undefined) reader.count('maxRetries', maxRetries, 0);
}
