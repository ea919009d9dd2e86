import type { Client } from '@weft/client';
import type { CircuitBreaker } from '@weft/core';
import { createCircuitBreaker, createClient } from '@weft/host';
import { REGISTRY } from './backend.js';

interface User {
  readonly id: number;
  readonly name: string;
}

/** Opens after 5 failures in a row, for 30 s, then tries one call. */
export function createUserBreaker(): CircuitBreaker {
  return createCircuitBreaker({ threshold: 5, timeout: '30s', halfOpen: true });
}

/** A client whose calls all go through the breaker. */
export function createGuardedClient(circuitBreaker: CircuitBreaker): Promise<Client> {
  return createClient({ serviceName: 'user-service', registry: REGISTRY, circuitBreaker });
}

/** The caller sees an error, whether the service failed or the breaker refused. */
export async function getUserInfo(client: Client, userId: string): Promise<User> {
  const response = await client.call<User>('GET', `/users/${userId}`, null, { throwOnStatus: true });
  return response.json();
}
