import type { Clock, Duration, Logger, Metrics, Random, WeftError } from '@weft/core';
import type { SelfPreservationOptions } from './self-preservation.js';

/** What a `Registry` is made with; everything has a default. */
export interface RegistryOptions {
  /** By when every operation has ended, above 0; default 10 s. */
  readonly timeout?: Duration | undefined;
  /** How long a record outlives its last beat; default 30 s. A beat is sent every third of it. */
  readonly ttl?: Duration | undefined;
  /** How long the backend may be out of contact before `stale` is told; default 10 s. */
  readonly staleAfter?: Duration | undefined;
  /**
   * File that keeps the last lists, so that a process that starts while the registry is down works; of this process
   * alone, written at most once a second, mode 0600. Default none.
   */
  readonly snapshotFile?: string | undefined;
  /** When instances that vanish at once without having left are kept as suspects; `false` = never. */
  readonly selfPreservation?: SelfPreservationOptions | false | undefined;
  /**
   * Where instances may be: IP addresses, CIDR ranges such as `10.0.0.0/8`, and host names. Records elsewhere are refused.
   * Default anywhere.
   */
  readonly allowedAddresses?: readonly string[] | undefined;
  /** Default the process's monotonic clock. */
  readonly clock?: Clock | undefined;
  /** Default the process's random numbers. */
  readonly random?: Random | undefined;
  /** Default silent. */
  readonly logger?: Logger | undefined;
  /** Default none. */
  readonly metrics?: Metrics | undefined;
}

/** What a `Registry` tells, each change of state once. */
export interface RegistryEvents {
  /** A followed service has been out of contact for `staleAfter`; its last list stays in use. `ageMs` since the last contact. */
  stale: [{ readonly name: string; readonly ageMs: number }];
  /** A stale service is in contact again. */
  recovered: [{ readonly name: string }];
  /** A record could not be asserted for its whole TTL, so the backend has dropped it. */
  'registration.lost': [RegistrationEvent];
  /** A lost record is registered again. */
  'registration.restored': [RegistrationEvent];
  /** A newer claimant holds the id; this one has stopped asserting it. */
  'registration.conflict': [RegistrationEvent];
  /** A record of the backend is not usable and is left out; told once per distinct record. */
  'record.refused': [{ readonly name: string; readonly id: string; readonly reason: string }];
}

/** Which record of ours an event is about. */
export interface RegistrationEvent {
  readonly id: string;
  readonly name: string;
  /** What the backend said last. */
  readonly error?: WeftError;
}
