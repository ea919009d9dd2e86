import { openRedis, type RedisOptions, type RedisSurroundings } from '@weft/backend-redis';
import type { Driver, RegistryDriver } from '@weft/core';
import { type RedisRegistryOptions, redisRegistryOptions } from './options.js';
import { RedisRegistry } from './redis-registry.js';

const DEFAULT_PREFIX = 'weft';

/**
 * Opens the registry on a Redis. A server that cannot be reached yet is no failure here; operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for options, TLS files and certificates that cannot be used
 * @throws WEFT_UNAUTHENTICATED when the server refuses user or password
 * @throws WEFT_PERMISSION_DENIED when the user may not read the registry's keys
 */
export async function openRedisRegistry(
  { prefix = DEFAULT_PREFIX, ...options }: RedisRegistryOptions & Pick<RedisOptions, 'timeout'> = {},
  around: RedisSurroundings = {},
): Promise<RegistryDriver> {
  const redis = await openRedis(options, { path: 'registry', ...around });
  const registry = new RedisRegistry(redis, prefix);
  try {
    await registry.assertReadable(around.signal);
    return registry;
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** The driver `redis` of the slot `registry`. */
const driver: Driver<'registry', RedisRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'redis',
  options: redisRegistryOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const value = await openRedisRegistry({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
