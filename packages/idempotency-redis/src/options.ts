import { type RedisOptions, redisFields, refuseBadRedis } from '@weft/backend-redis';
import { z } from 'zod';

/** What an idempotency store on Redis is opened with. */
export interface RedisIdempotencyOptions extends RedisOptions {
  /** What the keys begin with; default `weft`: an answer is kept under `weft:idempotency:<key>`. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'idempotency/redis': RedisIdempotencyOptions;
  }
}

/** Checks `RedisIdempotencyOptions`; unknown keys are issues. */
export const redisIdempotencyOptions: z.ZodType<RedisIdempotencyOptions> = z
  .strictObject({
    ...redisFields,
    prefix: z.string().min(1).optional().describe('What the keys begin with'),
    timeout: z.union([z.string(), z.number()]).optional().describe('By when each operation has to be answered'),
  })
  .superRefine(refuseBadRedis);
