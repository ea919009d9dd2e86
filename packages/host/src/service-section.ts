import type { Duration, IdempotencyStore } from '@weft/core';
import type { ProtectionOptions } from '@weft/service';

/** The `service` block. */
export interface ServiceSection {
  /** Id of this instance; `<name>-<8 random characters>` unless set. */
  readonly id?: string;
  /** Name that others call it by. */
  readonly name: string;
  /** Version of this instance; `0.0.0` unless set. */
  readonly version?: string;
  /** Address to listen on: 127.0.0.1 with the registries `memory` and `file`, else 0.0.0.0, unless set. */
  readonly host?: string;
  /** Port to listen on; 0 (unless set) = any free port. */
  readonly port?: number;
  /** Address and port that others are told. */
  readonly advertise?: { readonly host?: string; readonly port?: number };
  /** Certificate and key, PEM, to serve https. */
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array; readonly ca?: string | Uint8Array };
  /** Published with the record. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Published with the record. */
  readonly tags?: readonly string[];
  /** Where it runs; callers of the same zone may prefer it. */
  readonly zone?: string;
  /** Share of traffic relative to the others; 1 unless set, 0 = none. */
  readonly weight?: number;
  /** Path of the health page, or it with how often (`30s`) the checks run and how long (`5s`) each may take. */
  readonly healthCheck?: string | { readonly path?: string; readonly interval?: Duration; readonly timeout?: Duration };
  /** On stop: how long to keep serving after leaving the registry (the registry's own time), and how long calls may finish (`20s`). */
  readonly drain?: { readonly propagation?: Duration; readonly grace?: Duration };
  /** Largest body (1 MiB) and headers (16 KiB) that are accepted, in bytes, and how many connections at a time (10,000). */
  readonly limits?: { readonly bodyBytes?: number; readonly headerBytes?: number; readonly connections?: number };
  /** Addresses whose identity and `x-forwarded-*` headers count; loopback unless set. */
  readonly trustedPeers?: readonly string[];
  /** Whether `start()` fails when the registry cannot be reached; false unless set. */
  readonly requireRegistration?: boolean;
  /** Whether an unknown `X-API-Version` is answered 400 instead of with the latest; false unless set. */
  readonly strictVersions?: boolean;
  /** Sheds load while the process cannot keep up: 503. False unless set. */
  readonly overload?: ProtectionOptions['overload'];
  /** Upper bound for the requests of each caller: 429. False unless set. */
  readonly rateLimit?: ProtectionOptions['rateLimit'];
  /** Works at no more requests together than it can: 503 for the rest. False unless set. */
  readonly concurrency?: ProtectionOptions['concurrency'];
  /** Answers a repeated POST or PATCH with the same `idempotency-key` from memory. False unless set. */
  readonly idempotency?: boolean | IdempotencySection;
}

/** How a service remembers its answers, with the options of the driver that `store` names. */
export interface IdempotencySection {
  /** `memory` (unless set) is this process alone, `redis` is shared; or a store, which stays the caller's. */
  readonly store?: string | IdempotencyStore;
  /** A package or a path that the store comes from. */
  readonly from?: string;
  /** How long an answer is kept; `24h` unless set. */
  readonly ttl?: Duration;
  /** How long the claim of a process that died stands; `5s` unless set. */
  readonly lease?: Duration;
  /** Options of the driver. */
  readonly [option: string]: unknown;
}
