import { openRedis, type RedisSurroundings } from '@weft/backend-redis';
import type { Driver, IdempotencyStore } from '@weft/core';
import { type RedisIdempotencyOptions, redisIdempotencyOptions } from './options.js';
import { RedisIdempotency } from './redis-idempotency.js';

/**
 * Opens an idempotency store that every process on the same Redis shares. A server that cannot be reached yet is no failure
 * here; operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for options, TLS files and certificates that cannot be used
 * @throws WEFT_UNAUTHENTICATED when the server refuses user or password
 */
export async function openRedisIdempotency(
  { prefix = 'weft', ...options }: RedisIdempotencyOptions = {},
  around: RedisSurroundings = {},
): Promise<IdempotencyStore> {
  return new RedisIdempotency(await openRedis(options, { path: 'idempotency', ...around }), prefix);
}

/** The driver `redis` of the slot `idempotency`. */
const driver: Driver<'idempotency', RedisIdempotencyOptions> = {
  contract: 1,
  slot: 'idempotency',
  name: 'redis',
  options: redisIdempotencyOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const timeout = options.timeout ?? timeoutMs;
    const around = { clock, folder, logger, signal, path: 'service.idempotency' };
    const value = await openRedisIdempotency({ ...options, timeout }, around);
    return { value, stop: () => value.close() };
  },
};

export default driver;
