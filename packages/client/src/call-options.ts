import type { Duration } from '@weft/core';

/** What one call may set for itself. */
export interface CallOptions {
  /** The service to call, for a client without `serviceName`. */
  readonly service?: string;
  readonly timeout?: Duration | false;
  readonly attemptTimeout?: Duration | false;
  /** Further tries; capped by the client's `maxRetries`. */
  readonly retries?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call: it rejects with WEFT_CANCELLED at once. */
  readonly signal?: AbortSignal;
  /** Says that repeating the call does no harm, whatever its method. */
  readonly idempotent?: boolean;
  /** Sent as `idempotency-key`. */
  readonly idempotencyKey?: string;
  /** Calls with the same key go to the same instance, for balancers that hash. */
  readonly key?: string;
  /** Hand the body over in pieces, as `body`, instead of whole. */
  readonly stream?: boolean;
  readonly throwOnStatus?: boolean;
  /** Name of the contract's operation, for transports that route by it. */
  readonly operation?: string;
}
