import type { CallMiddleware, CallOptions, Client, PendingCall, Response } from '@weft/client';
import type { CircuitBreaker, Duration, LoadBalancer } from '@weft/core';

/** The seed's `Client`, member by member: `(T, error)` is a promise that rejects, two channels are a promise with `cancel()`. */
export interface SeedClient {
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Response>;
  callAsync(method: string, path: string, body?: unknown, options?: CallOptions): PendingCall;

  setTimeout(timeout: Duration): void;
  /** In ms. */
  getTimeout(): number;

  setRetries(retries: number): void;
  getRetries(): number;

  setCircuitBreaker(circuitBreaker: CircuitBreaker): void;
  getCircuitBreaker(): CircuitBreaker | undefined;

  setLoadBalancer(loadBalancer: LoadBalancer): void;
  getLoadBalancer(): LoadBalancer;

  setMiddleware(middleware: CallMiddleware): void;
  getMiddleware(): CallMiddleware;
}

/** Compiles only as long as our client has all of it. */
export function asSeedClient(client: Client): SeedClient {
  return client;
}
