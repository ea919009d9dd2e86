import type { ServiceDescription } from '@weft/registry';

/** What a service needs of a registry; `Registry` of `@weft/registry` is one. */
export interface ServiceRegistry {
  /** Upper bound from a change to the callers that see it, in ms: how long a leaving service goes on serving. */
  readonly propagationMs?: number;
  /** Keeps the service registered in the background until it is withdrawn. Returns at once. */
  announce(service: ServiceDescription): ServiceRegistration;
}

/** A registration that is kept up. */
export interface ServiceRegistration {
  /** Whether the registry holds the record, as far as is known. */
  readonly isRegistered: boolean;
  /** Resolves at the first time that the registry took the record. */
  readonly registered: Promise<void>;
  /** Publishes a change, at once and without a promise: it is repeated until the registry took it. */
  update(change: Partial<ServiceDescription>): void;
  /** Publishes what is pending, then removes the record. Gives up after `timeoutMs`; never rejects. */
  withdraw(options?: { readonly timeoutMs?: number }): Promise<void>;
}
