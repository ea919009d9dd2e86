import type { ServiceInstance } from './instance.js';

/** A full list, or one change to the last list. */
export type RegistryEvent =
  | { readonly list: readonly ServiceInstance[] }
  | { readonly put: ServiceInstance }
  | { readonly removed: { readonly name: string; readonly id: string; readonly incarnation?: string } };

/** What a backend can do; the conformance suite decides by it what to run. */
export interface RegistrySupport {
  /** Upper bound from a change to the watchers that see it, in ms. */
  readonly propagationMs: number;
  /** Step to which the backend rounds a TTL, in ms. */
  readonly ttlGranularityMs: number;
  /** Smallest TTL it can hold, in ms. */
  readonly minTtlMs: number;
  /** Whether processes see each other. */
  readonly multiProcess: boolean;
}

/** What a backend grants a record. */
export interface RecordLease {
  /** The TTL that is in effect, in ms. */
  readonly ttlMs: number;
  /**
   * Fires when the connection is lost over which the record was asserted: the server may come back without it. `Registry` then
   * asserts it anew within a second; without this signal, and where it comes late, the next beat does.
   */
  readonly lost?: AbortSignal | undefined;
}

/** Ends an operation early; drivers pass it to their client library or race it. */
export interface OperationOptions {
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * One backend's way to announce and to find. Staying registered, watching for ever and validating are the work of
 * `Registry`. Drivers return what the backend holds, unvalidated: a poisoned record reaches `Registry`, which refuses it.
 * Every method rejects with WEFT_REGISTRY_UNAVAILABLE when the backend does not answer.
 */
export interface RegistryDriver {
  /** What this backend can do. */
  readonly supports: RegistrySupport;
  /**
   * Asserts the record under a lease; called at every beat. Cheap and without a watch event while the backend still
   * holds this very record, the full record when it does not.
   * @throws WEFT_CONFLICT when a greater incarnation holds the id
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  put(self: ServiceInstance, options: OperationOptions & { readonly ttlMs: number }): Promise<RecordLease>;
  /**
   * Removes the record; idempotent. With `incarnation` a record of another incarnation stays.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  remove(
    self: { readonly name: string; readonly id: string; readonly incarnation?: string },
    options: OperationOptions,
  ): Promise<void>;
  /**
   * All live records of a service, of every status; of all services without a name. An unknown service is `[]`.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  list(name: string | undefined, options: OperationOptions): Promise<readonly ServiceInstance[]>;
  /**
   * A list first and after every resync, then lists or single changes, without a gap. May end or throw: `Registry`
   * lists and follows again. Ends without an error when the signal is aborted.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  watch(name: string | undefined, options: OperationOptions): AsyncIterable<RegistryEvent>;
  /** Gives back every handle, timer and listener. Idempotent, never rejects. */
  close(): Promise<void>;
}
