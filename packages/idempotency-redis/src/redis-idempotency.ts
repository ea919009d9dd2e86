import { randomUUID } from 'node:crypto';
import type { RedisBackend, RunScript } from '@weft/backend-redis';
import { type Claim, type IdempotencyStore, type OperationOptions, type StoredAnswer, WeftError } from '@weft/core';
import { CLAIM_SCRIPT, COMPLETE_SCRIPT, RELEASE_SCRIPT, RENEW_SCRIPT } from './claim-scripts.js';

/** Claims and answers in Redis: one script call per operation, on the server's clock. */
export class RedisIdempotency implements IdempotencyStore {
  readonly supports = { multiProcess: true };
  private readonly claimScript: RunScript;
  private readonly renewScript: RunScript;
  private readonly completeScript: RunScript;
  private readonly releaseScript: RunScript;

  constructor(
    private readonly redis: RedisBackend,
    private readonly prefix: string,
  ) {
    // As bytes: a body need not be text.
    this.claimScript = redis.script(CLAIM_SCRIPT, { asBuffers: true });
    this.renewScript = redis.script(RENEW_SCRIPT);
    this.completeScript = redis.script(COMPLETE_SCRIPT);
    this.releaseScript = redis.script(RELEASE_SCRIPT);
  }

  async claim(
    key: string,
    { fingerprint, leaseMs, signal }: OperationOptions & { readonly fingerprint: string; readonly leaseMs: number },
  ): Promise<Claim> {
    // Not core's Random: processes that a test seeds alike must still not take each other for themselves.
    const token = randomUUID();
    const args = [token, fingerprint, wholeMs('leaseMs', leaseMs)];
    return claimOf(await this.claimScript('claiming an idempotency key', this.keys(key), args, { signal }), token);
  }

  async renew(
    key: string,
    token: string,
    { leaseMs, signal }: OperationOptions & { readonly leaseMs: number },
  ): Promise<boolean> {
    const args = [token, wholeMs('leaseMs', leaseMs)];
    return (await this.renewScript('renewing an idempotency key', this.keys(key), args, { signal })) === 1;
  }

  async complete(
    key: string,
    token: string,
    { answer, ttlMs, signal }: OperationOptions & { readonly answer: StoredAnswer; readonly ttlMs: number },
  ): Promise<boolean> {
    const { status, headers, body } = answer;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const args = [token, wholeMs('ttlMs', ttlMs), status, JSON.stringify(headers), bytes];
    // The work is done: a connection that is about to come back is worth waiting for.
    const options = { signal, isPatient: true };
    return (await this.completeScript('keeping an answer', this.keys(key), args, options)) === 1;
  }

  async release(key: string, token: string, { signal }: OperationOptions): Promise<void> {
    await this.releaseScript('releasing an idempotency key', this.keys(key), [token], { signal });
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  private keys(key: string): readonly string[] {
    return [`${this.prefix}:idempotency:${key}`];
  }
}

/** @throws WEFT_INVALID_ARGUMENT when it is no time */
function wholeMs(path: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0) return Math.ceil(ms);
  const message = `${ms}: expected a number of ms above 0`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `idempotency: ${path}: ${message}`, { problems: [{ path, message }] });
}

function claimOf(found: unknown, token: string): Claim {
  if (!Array.isArray(found)) throw unreadable();
  const [fingerprint, second, headers, body] = found as readonly (Buffer | null)[];
  if (!fingerprint) return { state: 'claimed', token };
  const named = { fingerprint: fingerprint.toString() };
  if (found.length === 2) return { state: 'running', ...named, leftMs: Math.max(1, Number(second)) };
  const status = Number(second);
  if (!headers || !body || !Number.isInteger(status)) throw unreadable();
  return { state: 'done', ...named, answer: { status, headers: headersOf(headers), body } };
}

function headersOf(text: Buffer): Readonly<Record<string, string>> {
  try {
    const headers: unknown = JSON.parse(text.toString());
    if (typeof headers === 'object' && headers !== null) return headers as Record<string, string>;
  } catch (error) {
    throw unreadable(error);
  }
  throw unreadable();
}

/** Under the key stands something that this driver has not written. */
function unreadable(cause?: unknown): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'claiming an idempotency key: what stands under it cannot be read', {
    cause,
  });
}
