import type { LoadBalancerConfig } from '@weft/balancer';
import type { CircuitBreakerOptions } from '@weft/breaker';
import type { CircuitBreaker, LoadBalancer, Slots } from '@weft/core';

/** How to balance: a strategy's name, a name with options, one balancer for all services, or what makes one for each. */
export type LoadBalancerOption = string | LoadBalancerConfig | LoadBalancer | (() => LoadBalancer);

/** Whether and how to break: `true` is the default breaker, an instance serves all services of the client. */
export type CircuitBreakerOption = boolean | CircuitBreakerOptions | CircuitBreaker | Slots['breaker'];
