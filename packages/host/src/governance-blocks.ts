import type { ServicePolicy } from '@weft/client';
import { z } from 'zod';
import { circuitBreaker, loadBalancer, retryBudget } from './client-block.js';
import { givenBalancer, givenBreaker } from './given-parts.js';
import {
  block,
  duration,
  durationOrFalse,
  expected,
  flag,
  integerFrom,
  leftToOwner,
  numberFrom,
  openBlock,
  ratio,
  text,
} from './schema-parts.js';

const optional = z.exactOptional;
/** What a part is switched off with. */
export const off = z.literal(false);

/** How often something may happen: `{ perSecond, burst }` or `{ limit, window }`. */
export const rateLimit = block({
  perSecond: optional(numberFrom(0)),
  burst: optional(numberFrom(1)),
  limit: optional(integerFrom(1)),
  window: optional(duration),
});

const fallback = z.union([z.literal('stale'), block({ value: z.unknown(), status: optional(integerFrom(200, 599)) })]);

/** What `Client` takes as a policy, for the spelling of its words and for editors. */
const policy = block({
  timeout: optional(durationOrFalse),
  attemptTimeout: optional(durationOrFalse),
  retries: optional(integerFrom(0)),
  maxRetries: optional(integerFrom(0)),
  retryDelay: optional(duration),
  throwOnStatus: optional(flag),
  idempotent: optional(flag),
  rateLimit: optional(z.union([off, rateLimit])),
  bulkhead: optional(z.union([off, block({ maxConcurrent: optional(integerFrom(1)), maxQueue: optional(integerFrom(0)) })])),
  hedge: optional(z.union([flag, block({ delay: optional(duration), maxTries: optional(integerFrom(2, 5)) })])),
  fallback: optional(z.union([off, fallback, z.array(fallback)])),
  cache: optional(z.union([flag, block({ ttl: optional(duration) })])),
  mirror: optional(z.union([off, block({ version: text, ratio: optional(ratio) })])),
  loadBalancer: optional(z.union([givenBalancer, loadBalancer])),
  circuitBreaker: optional(z.union([givenBreaker, circuitBreaker])),
  retryBudget: optional(retryBudget),
});

/** Schema of the `policies` block: a file, or policies by service or route. What they may say is the client's to know. */
export const policies = z.union(
  [text, z.record(z.string(), leftToOwner<ServicePolicy>(policy), expected('policies by service or route'))],
  expected('a file, or an object of policies by service or route'),
);

const cacheBlock = block({
  enabled: optional(flag),
  ttl: optional(duration),
  staleFor: optional(duration),
  maxEntries: optional(integerFrom(1)),
  maxBytes: optional(integerFrom(1)),
  maxEntryBytes: optional(integerFrom(1)),
  keyHeaders: optional(z.array(text, expected('a list of header names'))),
});

/** Schema of the `cache` block: on, off, or how much is kept. */
export const cache = z.union([flag, cacheBlock], expected('true, false, or { ttl, maxEntries, maxBytes }'));

/** Schema of the block that names where limits are counted; keys beyond these belong to the driver. */
const rateLimitBlock = openBlock(
  { enabled: optional(flag), driver: optional(text), from: optional(text) },
  { slot: 'ratelimit', fallback: null },
);

/** A driver's word, or the block. */
export const rateLimits = z.union([text, rateLimitBlock], expected('a driver such as "memory", or { driver, ... }'));
