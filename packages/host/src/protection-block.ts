import type { IdempotencyStore } from '@weft/core';
import { z } from 'zod';
import { instance } from './given-parts.js';
import { off, rateLimit } from './governance-blocks.js';
import { block, duration, flag, integerFrom, leftToOwner, numberFrom, oneOf, openBlock, ratio, text } from './schema-parts.js';
import type { ServiceSection } from './service-section.js';

const optional = z.exactOptional;

type Said<Word extends keyof ServiceSection> = NonNullable<ServiceSection[Word]>;

const overload = block({
  delay: optional(duration),
  interval: optional(duration),
  heapRatio: optional(ratio),
  retryAfter: optional(duration),
});

const concurrency = block({
  minLimit: optional(integerFrom(1)),
  maxLimit: optional(integerFrom(1)),
  initialLimit: optional(integerFrom(1)),
  tolerance: optional(numberFrom(1)),
  window: optional(duration),
  probeInterval: optional(duration),
});

const rateLimitKey = z.union([oneOf('peer', 'all'), block({ header: text })]);

const idempotency = openBlock(
  {
    store: optional(z.union([instance<IdempotencyStore>((value) => 'claim' in value), text])),
    from: optional(text),
    ttl: optional(duration),
    lease: optional(duration),
  },
  { aliases: { driver: 'store' } },
);

/** The words of the `service` block that protect it. What they may say is the service's to know. */
export const protection = {
  overload: optional(leftToOwner<Said<'overload'>>(z.union([flag, overload]))),
  rateLimit: optional(leftToOwner<Said<'rateLimit'>>(z.union([off, block({ ...rateLimit.shape, key: optional(rateLimitKey) })]))),
  concurrency: optional(leftToOwner<Said<'concurrency'>>(z.union([flag, concurrency]))),
  idempotency: optional(leftToOwner<Said<'idempotency'>>(z.union([flag, idempotency]))),
};
