import type { ServiceDescription, ServiceInfo } from './service-info.js';

/** A record that is kept registered, for ever, in the background. */
export interface Registration {
  /** Whether the registry holds the record now, as far as can be known: asserted, and its TTL has not run out since. */
  readonly isRegistered: boolean;
  /** The record as it should be. */
  readonly info: ServiceInfo;
  /**
   * Resolves at the first assertion. Rejects with WEFT_CONFLICT when a newer claimant holds the id, with WEFT_CLOSED when
   * the record is withdrawn before; never as an unhandled rejection.
   */
  readonly registered: Promise<void>;
  /**
   * Publishes a change, at once while the registry answers, else with the next try; changes in a row go out as one.
   * @throws WEFT_INVALID_ARGUMENT when a field is wrong
   */
  update(change: Partial<ServiceDescription>): void;
  /** Publishes what is still due, then stops beating and removes the record. Gives up after `timeoutMs`, 2 s; never rejects. */
  withdraw(options?: { readonly timeoutMs?: number }): Promise<void>;
}
