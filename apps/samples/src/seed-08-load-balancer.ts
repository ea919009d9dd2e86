import type { Client } from '@weft/client';
import type { LoadBalancer } from '@weft/core';
import { createClient, createLoadBalancer } from '@weft/host';
import { REGISTRY } from './backend.js';

/** Each in turn. */
export const roundRobin = createLoadBalancer('round_robin');

/** Any of them. */
export const random = createLoadBalancer('random');

/** By the ids of instances. */
export const weighted = createLoadBalancer('weighted', { weights: { instance1: 3, instance2: 2, instance3: 1 } });

/** Of two drawn at random, the one with fewer calls in flight. */
export const leastConnections = createLoadBalancer('least_connections');

/** A client that shares its calls among the instances with that balancer. */
export function createBalancedClient(loadBalancer: LoadBalancer): Promise<Client> {
  return createClient({ serviceName: 'user-service', registry: REGISTRY, loadBalancer });
}
