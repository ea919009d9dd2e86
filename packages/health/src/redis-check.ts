import { invalidOption, parseAddresses } from '@weft/core';
import { boundedCheck, type CheckOptions } from './bounded-check.js';
import type { Check } from './check.js';
import { pingRedis } from './redis-ping.js';

/** Whatever can be asked for a sign of life: a client of ioredis or node-redis, or a cache of one's own. */
export interface Pingable {
  /** Resolves when there is one, to anything but `false`. */
  ping(): Promise<unknown>;
}

/**
 * Passes when Redis answers a PING. A client is asked over its own connection, an address (`localhost:6379`,
 * `redis://user:password@host:6379`, `rediss://...` over TLS) over one that is made for it and closed.
 * @throws WEFT_CONFIG_INVALID when it is neither a client nor a single address
 */
export function redisCheck(target: Pingable | string, options: CheckOptions = {}): Check {
  if (isPingable(target)) return boundedCheck('redis', options, () => target.ping());
  if (typeof target !== 'string')
    throw invalidOption('target', 'expected a client with ping(), or an address such as "localhost:6379"');
  const rules = { path: 'address', defaultPort: 6379, schemes: ['redis', 'rediss'] };
  const [address, ...others] = parseAddresses(target, rules);
  if (others.length > 0) throw invalidOption('address', 'several addresses: make a check for each');
  return boundedCheck(`redis ${address.host}:${address.port}`, options, (signal) => pingRedis(address, signal));
}

function isPingable(target: unknown): target is Pingable {
  return typeof target === 'object' && target !== null && 'ping' in target && typeof target.ping === 'function';
}
