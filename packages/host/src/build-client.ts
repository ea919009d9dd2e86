import { Client, type ClientOptions } from '@weft/client';
import type { ClientTransport, Slots } from '@weft/core';
import type { Registry } from '@weft/registry';
import { govern } from './govern.js';
import { balancingOf, breakingOf } from './plan-drivers.js';
import type { Surroundings } from './surroundings.js';

/** The client of a system, or none when no transport is there. @throws WEFT_CONFIG_INVALID */
export function buildClient(surroundings: Surroundings, registry: Registry): Client | undefined {
  const { blueprint, slots, logger, metrics, tracer, policies, cache } = surroundings;
  const { config, given, clock, random } = blueprint;
  const transport = given.transport ?? clientSides(slots.all('transport'));
  if (Array.isArray(transport) && transport.length === 0) return undefined;
  const { pool: _, limits: __, ...options } = config.client ?? {};
  const loadBalancer = balancerFor(surroundings);
  const { maxRetries } = balancingOf(config).options;
  const rateLimits = given.rateLimits ?? slots.get('ratelimit');
  return new Client({
    ...options,
    registry,
    transport,
    loadBalancer,
    ...(typeof maxRetries === 'number' && !isWords(loadBalancer) && { maxInstances: 1 + maxRetries }),
    circuitBreaker: breakerFor(surroundings),
    policies: govern(policies, {}, cache !== undefined),
    ...(cache && { cache }),
    ...(rateLimits && { rateLimits }),
    ...(given.middleware && { middleware: given.middleware }),
    ...(tracer && { tracer }),
    logger,
    metrics,
    clock,
    random,
  });
}

/** Words say it themselves; what a driver or the caller made has lost them. */
function isWords(loadBalancer: ClientOptions['loadBalancer']): boolean {
  return typeof loadBalancer === 'object' && !('pick' in loadBalancer);
}

function clientSides(transports: readonly Slots['transport'][]): ClientTransport[] {
  return transports.flatMap(({ client }) => (client ? [client] : []));
}

function balancerFor({ blueprint, slots }: Surroundings): NonNullable<ClientOptions['loadBalancer']> {
  const make = slots.get('balancer');
  const { strategy, options } = balancingOf(blueprint.config);
  return blueprint.given.loadBalancer ?? make ?? { strategy, options };
}

function breakerFor({ blueprint, slots }: Surroundings): NonNullable<ClientOptions['circuitBreaker']> {
  const { block } = breakingOf(blueprint.config);
  return blueprint.given.circuitBreaker ?? (block === false ? false : (slots.get('breaker') ?? block));
}
