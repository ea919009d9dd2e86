import type { LoadBalancerConfig } from '@weft/balancer';
import { createLoadBalancer } from '@weft/balancer';
import { CircuitBreaker as ConsecutiveBreaker } from '@weft/breaker';
import type { CircuitBreaker, ClientTransport, Clock, LoadBalancer, OnBreakerState, Random } from '@weft/core';
import { WeftError } from '@weft/core';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';
import { parseCount } from './settings.js';

/** Time and luck. */
export interface Chance {
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes a balancer for each service; an instance that was given serves them all. @throws WEFT_CONFIG_INVALID */
export function balancerFactory(option: LoadBalancerOption = 'round_robin', chance: Chance): () => LoadBalancer {
  if (typeof option === 'function') return option;
  if (typeof option === 'object' && 'pick' in option) return () => option;
  createLoadBalancer(option, chance);
  return () => createLoadBalancer(option, chance);
}

/** How many different instances one call may reach. @throws WEFT_CONFIG_INVALID */
export function maxInstances(option: LoadBalancerOption | undefined): number {
  const options = (
    typeof option === 'object' && 'options' in option ? option.options : undefined
  ) as LoadBalancerConfig['options'];
  return 1 + parseCount(Number(options?.maxRetries ?? options?.max_retries ?? 3), 'loadBalancer.options.max_retries');
}

/** Makes a breaker for each service, or none; an instance that was given guards them all. @throws WEFT_CONFIG_INVALID */
export function breakerFactory(
  option: CircuitBreakerOption = true,
  chance: Chance,
): (onStateChange: OnBreakerState) => CircuitBreaker | undefined {
  if (option === false) return () => undefined;
  if (typeof option === 'function') return option;
  if (typeof option === 'object' && 'tryEnter' in option) return () => option;
  const options = option === true ? {} : option;
  new ConsecutiveBreaker({ ...options, ...chance });
  return (onStateChange) => new ConsecutiveBreaker({ ...options, ...chance, onStateChange });
}

/** The transports by the protocols they speak. @throws WEFT_CONFIG_INVALID without any, or when two speak the same */
export function byProtocol(given: ClientTransport | readonly ClientTransport[]): ReadonlyMap<string, ClientTransport> {
  const transports = new Map<string, ClientTransport>();
  for (const transport of Array.isArray(given) ? (given as readonly ClientTransport[]) : [given as ClientTransport]) {
    for (const protocol of transport.protocols) {
      if (transports.has(protocol))
        throw new WeftError('WEFT_CONFIG_INVALID', `client.transport: two transports speak ${protocol}`);
      transports.set(protocol, transport);
    }
  }
  if (transports.size === 0) throw new WeftError('WEFT_CONFIG_INVALID', 'client.transport: expected at least one transport');
  return transports;
}
