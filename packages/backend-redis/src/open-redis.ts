import { RedisBackend } from './redis-backend.js';
import { parseRedisOptions, type RedisOptions, type RedisSurroundings } from './redis-options.js';

/**
 * Opens the connection that everything on this Redis shares. A server that cannot be reached is no failure: it is tried
 * for ever in the background, and operations reject until it answers.
 * @throws WEFT_CONFIG_INVALID for options, TLS files and certificates that cannot be used
 * @throws WEFT_UNAUTHENTICATED when the server refuses user or password
 */
export async function openRedis(options: RedisOptions = {}, around: RedisSurroundings = {}): Promise<RedisBackend> {
  const backend = new RedisBackend(parseRedisOptions(options, around));
  try {
    await backend.tried(around.signal);
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}
