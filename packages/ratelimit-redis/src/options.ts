import { type RedisOptions, redisFields, refuseBadRedis } from '@weft/backend-redis';
import type { Duration } from '@weft/core';
import { z } from 'zod';

/** What rate limits on Redis are opened with. */
export interface RedisRateLimitOptions extends RedisOptions {
  /** What the keys begin with; default `weft`: a limit is counted under `weft:ratelimit:<key>`. */
  readonly prefix?: string | undefined;
  /** By when each decision has to be there; default `10s`. A limiter on the way of calls wants less. */
  readonly timeout?: Duration | undefined;
}

declare global {
  interface WeftDrivers {
    'ratelimit/redis': RedisRateLimitOptions;
  }
}

/** Checks `RedisRateLimitOptions`; unknown keys are issues. */
export const redisRateLimitOptions: z.ZodType<RedisRateLimitOptions> = z
  .strictObject({
    ...redisFields,
    prefix: z.string().min(1).optional().describe('What the keys begin with'),
    timeout: z.union([z.string(), z.number()]).optional().describe('By when each decision has to be there'),
  })
  .superRefine(refuseBadRedis);
