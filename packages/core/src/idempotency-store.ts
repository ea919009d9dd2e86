import type { OperationOptions } from './registry.js';

/** An answer that is kept, to be given again. */
export interface StoredAnswer {
  /** HTTP status, or what stands for it on another wire. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body. */
  readonly body: Uint8Array;
}

/** What a key stands for at the moment of a claim. */
export type Claim =
  /** It is ours now: do the work, then `complete` or `release` it with this token. */
  | { readonly state: 'claimed'; readonly token: string }
  /** Somebody is at it, for `leftMs` more at the most. */
  | { readonly state: 'running'; readonly fingerprint: string; readonly leftMs: number }
  /** It has been done. */
  | { readonly state: 'done'; readonly fingerprint: string; readonly answer: StoredAnswer };

/**
 * Remembers the answers to calls that must not happen twice (draft-ietf-httpapi-idempotency-key-header). Whoever claims a
 * key does the work; a claim whose owner dies is free again after `leaseMs`.
 */
export interface IdempotencyStore {
  /** Whether processes see each other's keys. */
  readonly supports: { readonly multiProcess: boolean };
  /**
   * Claims the key, atomically. `fingerprint` tells requests apart that use one key by mistake; it comes back with the
   * key, and the caller compares. @throws WEFT_REGISTRY_UNAVAILABLE
   */
  claim(key: string, options: OperationOptions & { readonly fingerprint: string; readonly leaseMs: number }): Promise<Claim>;
  /** Makes the claim live for `leaseMs` from now; false when it is no longer ours. @throws WEFT_REGISTRY_UNAVAILABLE */
  renew(key: string, token: string, options: OperationOptions & { readonly leaseMs: number }): Promise<boolean>;
  /**
   * Keeps the answer for `ttlMs`; false when the claim is no longer ours, and then nothing is kept.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  complete(
    key: string,
    token: string,
    options: OperationOptions & { readonly answer: StoredAnswer; readonly ttlMs: number },
  ): Promise<boolean>;
  /** Gives the claim up without an answer, so that the next try does the work; idempotent. @throws WEFT_REGISTRY_UNAVAILABLE */
  release(key: string, token: string, options: OperationOptions): Promise<void>;
  /** Gives back every handle, timer and listener. Idempotent, never rejects. */
  close(): Promise<void>;
}
