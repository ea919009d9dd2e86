import type { Clock, IdempotencyStore, Logger, Metrics, Random, RateLimitStore, ServerTransport, Tracer } from '@weft/core';
import type { ServiceRegistry } from './service-registry.js';

/** What a service works with; everything has a default. */
export interface ServiceParts {
  /** Where it registers; without one it only serves. */
  readonly registry?: ServiceRegistry | undefined;
  /** Default: says nothing. */
  readonly logger?: Logger | undefined;
  /** Default: measures nothing. */
  readonly metrics?: Metrics | undefined;
  /** Makes a span for each request. */
  readonly tracer?: Tracer | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Default: the system's. */
  readonly random?: Random | undefined;
  /** Further wires, beside HTTP, that the same handlers answer on. */
  readonly transports?: readonly ServerTransport[] | undefined;
  /** Where `rateLimit` is counted; default: in the process. Stays its owner's to close. */
  readonly rateLimits?: RateLimitStore | undefined;
  /** Where answers are remembered, whatever word `idempotency.store` is; default: in the process. Stays its owner's to close. */
  readonly idempotencyStore?: IdempotencyStore | undefined;
}
