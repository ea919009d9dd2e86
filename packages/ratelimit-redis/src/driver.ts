import { openRedis, type RedisSurroundings } from '@weft/backend-redis';
import type { Driver, RateLimitStore } from '@weft/core';
import { type RedisRateLimitOptions, redisRateLimitOptions } from './options.js';
import { RedisRateLimits } from './redis-rate-limits.js';

/**
 * Opens rate limits that every process on the same Redis shares. A server that cannot be reached yet is no failure here;
 * decisions reject until it can.
 * @throws WEFT_CONFIG_INVALID for options, TLS files and certificates that cannot be used
 * @throws WEFT_UNAUTHENTICATED when the server refuses user or password
 */
export async function openRedisRateLimits(
  { prefix = 'weft', ...options }: RedisRateLimitOptions = {},
  around: RedisSurroundings = {},
): Promise<RateLimitStore> {
  return new RedisRateLimits(await openRedis(options, { path: 'rateLimit', ...around }), prefix);
}

/** The driver `redis` of the slot `ratelimit`. */
const driver: Driver<'ratelimit', RedisRateLimitOptions> = {
  contract: 1,
  slot: 'ratelimit',
  name: 'redis',
  options: redisRateLimitOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const timeout = options.timeout ?? timeoutMs;
    const value = await openRedisRateLimits({ ...options, timeout }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
