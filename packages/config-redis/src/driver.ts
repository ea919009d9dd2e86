import { openRedis, type RedisOptions, type RedisSurroundings } from '@weft/backend-redis';
import type { ConfigDriver, Driver } from '@weft/core';
import { type RedisConfigOptions, redisConfigOptions } from './options.js';
import { RedisConfig } from './redis-config.js';

/**
 * Opens the config center on a Redis: plain string keys, as `redis-cli set config/database ...` writes them. A server that
 * cannot be reached yet is no failure here; operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for options, TLS files and certificates that cannot be used
 * @throws WEFT_UNAUTHENTICATED when the server refuses user or password
 */
export async function openRedisConfig(
  options: RedisConfigOptions & Pick<RedisOptions, 'timeout'> = {},
  around: RedisSurroundings = {},
): Promise<ConfigDriver> {
  return new RedisConfig(await openRedis(options, { path: 'config', ...around }));
}

/** The driver `redis` of the slot `config`. */
const driver: Driver<'config', RedisConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'redis',
  options: redisConfigOptions,
  async open(options, { clock, folder, logger, signal, timeoutMs }) {
    const value = await openRedisConfig({ ...options, timeout: timeoutMs }, { clock, folder, logger, signal });
    return { value, stop: () => value.close() };
  },
};

export default driver;
