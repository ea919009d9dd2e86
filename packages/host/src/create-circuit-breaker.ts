import { CircuitBreaker, type CircuitBreakerOptions } from '@weft/breaker';
import { checkBreaker } from './check-built-ins.js';
import type { CircuitBreakerSection } from './client-section.js';
import { configSchema } from './config-schema.js';
import { checkConfig } from './parse-config.js';
import { refuse } from './problems.js';

/** What a breaker runs on, and whom it tells. */
export type CreateCircuitBreakerOptions = Pick<CircuitBreakerOptions, 'clock' | 'random' | 'logger' | 'onStateChange'>;

/**
 * A breaker of our own engine, at once. Drivers of others open asynchronously: they are named in `createClient` and in a
 * host's config.
 * @throws WEFT_CONFIG_INVALID
 */
export function createCircuitBreaker(config: CircuitBreakerSection & CreateCircuitBreakerOptions = {}): CircuitBreaker {
  const { clock, random, logger, onStateChange, ...words } = config;
  const checked = checkConfig(configSchema, { circuitBreaker: words });
  const { driver, from, ...options } = (checked.config.circuitBreaker ?? {}) as CircuitBreakerSection;
  const message = 'cannot be opened at once: name it in createClient or in the config of a host.';
  refuse('createCircuitBreaker', [
    ...checked.problems,
    ...(driver === undefined && from === undefined
      ? []
      : [{ path: `circuitBreaker.${driver === undefined ? 'from' : 'driver'}`, message }]),
    ...checkBreaker(options, 'circuitBreaker'),
  ]);
  const instances = {
    ...(clock && { clock }),
    ...(random && { random }),
    ...(logger && { logger }),
    ...(onStateChange && { onStateChange }),
  };
  return new CircuitBreaker({ ...(options as CircuitBreakerOptions), ...instances });
}
