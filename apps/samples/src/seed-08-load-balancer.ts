import type { Client } from '@weft/client';
import type { LoadBalancer } from '@weft/core';
import { createClient, createLoadBalancer } from '@weft/host';
import { REGISTRY } from './backend.js';

export const roundRobin = createLoadBalancer('round_robin');

export const random = createLoadBalancer('random');

/** By the ids of instances. */
export const weighted = createLoadBalancer('weighted', { weights: { instance1: 3, instance2: 2, instance3: 1 } });

export const leastConnections = createLoadBalancer('least_connections');

/** A client that shares its calls among the instances with that balancer. */
export function createBalancedClient(loadBalancer: LoadBalancer): Promise<Client> {
  return createClient({ serviceName: 'user-service', registry: REGISTRY, loadBalancer });
}
