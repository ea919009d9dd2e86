import { type RedisOptions, redisFields, refuseBadRedis } from '@weft/backend-redis';
import { z } from 'zod';

/** What the registry on Redis is opened with. */
export interface RedisRegistryOptions extends Omit<RedisOptions, 'timeout'> {
  /** What every key and channel begins with; those who share it see each other. Default `weft`. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/redis': RedisRegistryOptions;
  }
}

const prefix = z
  .string()
  .regex(/^[^{}\s]+$/, 'expected text without braces and spaces')
  .optional()
  .describe('What every key begins with');

/** Checks `RedisRegistryOptions`; unknown keys are issues. */
export const redisRegistryOptions: z.ZodType<RedisRegistryOptions> = z
  .strictObject({ ...redisFields, prefix })
  .superRefine(refuseBadRedis);
