import { type RedisOptions, redisFields, refuseBadRedis } from '@weft/backend-redis';
import { z } from 'zod';

/** What the config center on Redis is opened with. */
export interface RedisConfigOptions extends Omit<RedisOptions, 'timeout'> {}

declare global {
  interface WeftDrivers {
    'config/redis': RedisConfigOptions;
  }
}

/** Checks `RedisConfigOptions`; unknown keys are issues. */
export const redisConfigOptions: z.ZodType<RedisConfigOptions> = z.strictObject(redisFields).superRefine(refuseBadRedis);
