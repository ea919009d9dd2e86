import { assertRule, type IdempotencyStore, nearestName, type Problem, problemsOf, type RateLimitRule } from '@weft/core';
import { AdaptiveConcurrency, LoadShedder, memoryIdempotency } from '@weft/resilience';
import type { Check, ReadDuration } from './option-check.js';
import type { ConcurrencyOptions, OverloadOptions, ProtectionOptions, RateLimitKey } from './protection-options.js';
import type { ServiceParts } from './service-parts.js';

/** Checked `ProtectionOptions`; what is undefined is off. */
export interface ProtectionSettings {
  /** When load is shed. */
  readonly overload: OverloadOptions | undefined;
  /** One rule object for all requests: then it is checked once. */
  readonly rateLimit: { readonly rule: RateLimitRule; readonly key: RateLimitKey } | undefined;
  /** How concurrency is found out. */
  readonly concurrency: ConcurrencyOptions | undefined;
  /** Where answers are remembered, and for how long. */
  readonly idempotency: IdempotencySettings | undefined;
}

/** Checked `IdempotencyOptions`. */
export interface IdempotencySettings {
  readonly store: IdempotencyStore;
  readonly ttlMs: number;
  readonly leaseMs: number;
}

/** What problems are told to, and durations read with. */
interface Reading {
  readonly check: Check;
  readonly duration: ReadDuration;
}

type GivenParts = Pick<ServiceParts, 'idempotencyStore' | 'clock'>;

const DAY_MS = 86_400_000;
const LEAST_LEASE_MS = 100;
const OVERLOAD_WORDS = ['delay', 'interval', 'heapRatio', 'retryAfter', 'onOverload', 'readHeapRatio'];
const CONCURRENCY_WORDS = ['minLimit', 'maxLimit', 'initialLimit', 'tolerance', 'window', 'probeInterval'];
const BUCKET_WORDS = ['perSecond', 'burst'];
const WINDOW_WORDS = ['limit', 'window'];
const KEY_WORDS = ['peer', 'all'];
const STORE_WORDS = ['memory', 'redis'];
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;

/** The settings of what protects a service; what is wrong is told to `check`. */
export function parseProtection(options: ProtectionOptions & GivenParts, reading: Reading): ProtectionSettings {
  const { overload = false, rateLimit = false, concurrency = false, idempotency } = options;
  return {
    overload: readBlock('overload', overload, OVERLOAD_WORDS, reading, (given) => new LoadShedder(given)),
    rateLimit: rateLimit === false ? undefined : readRateLimit(rateLimit, reading),
    concurrency: readBlock('concurrency', concurrency, CONCURRENCY_WORDS, reading, (given) => new AdaptiveConcurrency(given)),
    idempotency: readIdempotency(idempotency ?? options.idempotencyStore !== undefined, options, reading),
  };
}

/** A block that may also be a flag, checked by making the part once. */
function readBlock<Options extends object>(
  path: string,
  given: boolean | Options,
  words: readonly string[],
  { check }: Reading,
  make: (given: Options) => unknown,
): Options | undefined {
  if (given === false) return undefined;
  const options = given === true ? ({} as Options) : given;
  if (!isBlock(options)) {
    check(path, false, `${JSON.stringify(given)}: expected true, false or { ${words.join(', ')} }`);
    return undefined;
  }
  checkWords(path, options, words, check);
  collect(path, check, () => make(options));
  return options;
}

function readRateLimit(given: object, reading: Reading): ProtectionSettings['rateLimit'] {
  const { check } = reading;
  if (!isBlock(given)) {
    check('rateLimit', false, `${JSON.stringify(given)}: expected false, { perSecond, burst } or { limit, window }`);
    return undefined;
  }
  checkWords('rateLimit', given, [...BUCKET_WORDS, ...WINDOW_WORDS, 'key'], check);
  const { perSecond, burst, limit, window, key = 'peer' } = given as Readonly<Record<string, unknown>>;
  const isBucket = perSecond !== undefined || burst !== undefined;
  const isWindow = limit !== undefined || window !== undefined;
  check('rateLimit', isBucket !== isWindow, 'expected either { perSecond, burst } or { limit, window }');
  const isKey = isRateLimitKey(key);
  const near = typeof key === 'string' ? nearestName(key, KEY_WORDS) : undefined;
  const meant = near ? ` Did you mean "${near}"?` : '';
  check('rateLimit.key', isKey, `${JSON.stringify(key)}: expected "peer", "all", { header } or a function.${meant}`);
  if (isBucket === isWindow || !isKey) return undefined;
  const windowMs = window === undefined ? Number.NaN : reading.duration('rateLimit.window', window, 1);
  const rule: RateLimitRule = isBucket
    ? { algorithm: 'token_bucket', perSecond: perSecond as number, burst: burst as number }
    : { algorithm: 'sliding_window', limit: limit as number, windowMs };
  collect('rateLimit', check, () => assertRule(rule, 1));
  return { rule, key };
}

function readIdempotency(
  given: NonNullable<ProtectionOptions['idempotency']>,
  { idempotencyStore, clock }: GivenParts,
  { check, duration }: Reading,
): IdempotencySettings | undefined {
  if (given === false) return undefined;
  const options = given === true ? {} : given;
  if (!isBlock(options)) {
    check('idempotency', false, `${JSON.stringify(given)}: expected true, false or { store, ttl, lease }`);
    return undefined;
  }
  checkWords('idempotency', options, ['store', 'ttl', 'lease'], check);
  const { store = 'memory' } = options;
  if (typeof store !== 'string' && !isStore(store)) {
    check('idempotency.store', false, `${JSON.stringify(store)}: expected "memory", "redis" or an IdempotencyStore`);
    return undefined;
  }
  if (typeof store === 'string' && idempotencyStore === undefined) checkStoreWord(store, check);
  const ttlMs = duration('idempotency.ttl', options.ttl, DAY_MS);
  const leaseMs = duration('idempotency.lease', options.lease, 5_000);
  check('idempotency.ttl', ttlMs > 0, `${ttlMs}: expected a duration above 0, such as "24h"`);
  check('idempotency.lease', leaseMs >= LEAST_LEASE_MS, `${leaseMs}: expected a duration of at least ${LEAST_LEASE_MS} ms`);
  const chosen = typeof store === 'string' ? idempotencyStore : store;
  return { store: chosen ?? memoryIdempotency({ clock }), ttlMs, leaseMs };
}

function checkStoreWord(store: string, check: Check): void {
  const near = nearestName(store, STORE_WORDS);
  const message = STORE_WORDS.includes(store)
    ? `"${store}": a Service takes a store as idempotencyStore; words of drivers are for createService of @weft/host`
    : `unknown store "${store}".${near ? ` Did you mean "${near}"?` : ''}`;
  check('idempotency.store', store === 'memory', message);
}

function checkWords(path: string, options: object, known: readonly string[], check: Check): void {
  for (const [word, value] of Object.entries(options)) {
    const near = nearestName(word, known);
    const isRight = value === undefined || known.includes(word);
    check(`${path}.${word}`, isRight, `unknown option.${near ? ` Did you mean "${near}"?` : ''}`);
  }
}

/** What a part says of its options, under the path that they have here. */
function collect(path: string, check: Check, make: () => unknown): void {
  try {
    make();
  } catch (error) {
    for (const problem of problemsOf(error)) check(`${path}.${wordOf(problem)}`, false, problem.message);
  }
}

function wordOf({ path }: Problem): string {
  const word = path.slice(path.indexOf('.') + 1);
  return word === 'windowMs' ? 'window' : word;
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStore(value: unknown): value is IdempotencyStore {
  return isBlock(value) && 'claim' in value && 'supports' in value;
}

function isRateLimitKey(key: unknown): key is RateLimitKey {
  if (typeof key === 'function' || key === 'peer' || key === 'all') return true;
  const { header } = isBlock(key) ? (key as { readonly header?: unknown }) : {};
  return typeof header === 'string' && HEADER_NAME.test(header);
}
