import { type Claim, type Clock, OptionReader, type StoredAnswer, systemClock, WeftError, withoutStack } from '@weft/core';

/** How much an `IdempotencyMemory` holds. */
export interface IdempotencyMemoryOptions {
  /** Most keys at once, claimed and answered; 10,000 unless set. */
  readonly maxEntries?: number | undefined;
  /** Most bytes of answers at once: bodies, headers, keys; 64 MiB unless set. */
  readonly maxBytes?: number | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
}

interface Running {
  readonly token: string;
  readonly fingerprint: string;
  untilAt: number;
}

interface Done {
  readonly fingerprint: string;
  readonly answer: StoredAnswer;
  readonly bytes: number;
  readonly untilAt: number;
}

/**
 * Claims and answers in the process. When it is full the answer that was given longest ago goes; a claim that is worked at
 * never does: who cannot be given a place is refused, since doing the work twice is what all of this is to prevent.
 */
export class IdempotencyMemory {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #running = new Map<string, Running>();
  /** In the order in which they were given. */
  readonly #done = new Map<string, Done>();
  #bytes = 0;
  #claims = 0;
  #nextLeaseEndAt = Number.POSITIVE_INFINITY;

  /** @throws WEFT_CONFIG_INVALID for options that cannot be */
  constructor({ maxEntries = 10_000, maxBytes = 67_108_864, clock = systemClock }: IdempotencyMemoryOptions = {}) {
    const reader = new OptionReader('idempotency');
    this.#maxEntries = reader.count('maxEntries', maxEntries);
    this.#maxBytes = reader.count('maxBytes', maxBytes);
    reader.check();
    this.#clock = clock;
  }

  /** Keys that are held now, claimed and answered. */
  get size(): number {
    return this.#running.size + this.#done.size;
  }

  /** Bytes of all answers that are held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** As `IdempotencyStore.claim`. @throws WEFT_OVERLOADED when every place is taken by a claim that is worked at */
  claim(key: string, fingerprint: string, leaseMs: number): Claim {
    const nowMs = this.#clock.now();
    const untilAt = nowMs + duration('leaseMs', leaseMs);
    this.#forgetOldAnswers(nowMs);
    const done = this.#done.get(key);
    if (done && done.untilAt > nowMs) return { state: 'done', fingerprint: done.fingerprint, answer: copyOf(done.answer) };
    const running = this.#running.get(key);
    if (running && running.untilAt > nowMs) {
      return { state: 'running', fingerprint: running.fingerprint, leftMs: running.untilAt - nowMs };
    }
    this.#drop(key);
    this.#makeRoom(nowMs);
    const token = String(++this.#claims);
    this.#running.set(key, { token, fingerprint, untilAt });
    this.#nextLeaseEndAt = Math.min(this.#nextLeaseEndAt, untilAt);
    return { state: 'claimed', token };
  }

  /** As `IdempotencyStore.renew`. */
  renew(key: string, token: string, leaseMs: number): boolean {
    const nowMs = this.#clock.now();
    const untilAt = nowMs + duration('leaseMs', leaseMs);
    const running = this.#owned(key, token, nowMs);
    if (!running) return false;
    running.untilAt = untilAt;
    this.#nextLeaseEndAt = Math.min(this.#nextLeaseEndAt, untilAt);
    return true;
  }

  /** As `IdempotencyStore.complete`. @throws WEFT_INVALID_ARGUMENT for an answer that is larger than all there is */
  complete(key: string, token: string, answer: StoredAnswer, ttlMs: number): boolean {
    const nowMs = this.#clock.now();
    const untilAt = nowMs + duration('ttlMs', ttlMs);
    const running = this.#owned(key, token, nowMs);
    if (!running) return false;
    const { fingerprint } = running;
    const bytes = bytesOf(key, fingerprint, answer);
    if (bytes > this.#maxBytes) throw invalid('answer', `${bytes} bytes are more than maxBytes, ${this.#maxBytes}`);
    this.#running.delete(key);
    this.#done.set(key, { fingerprint, answer: copyOf(answer), bytes, untilAt });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) this.#dropOldestAnswer();
    return true;
  }

  /** As `IdempotencyStore.release`. */
  release(key: string, token: string): void {
    if (this.#owned(key, token, this.#clock.now())) this.#running.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.#running.clear();
    this.#done.clear();
    this.#bytes = 0;
  }

  #owned(key: string, token: string, nowMs: number): Running | undefined {
    const running = this.#running.get(key);
    return running?.token === token && running.untilAt > nowMs ? running : undefined;
  }

  #makeRoom(nowMs: number): void {
    if (this.size < this.#maxEntries) return;
    if (this.#dropOldestAnswer() || this.#forgetLostClaims(nowMs)) return;
    const message = `all ${this.#maxEntries} idempotency keys are being worked at; raise maxEntries`;
    throw withoutStack(() => new WeftError('WEFT_OVERLOADED', message));
  }

  #forgetOldAnswers(nowMs: number): void {
    for (const [key, { untilAt }] of this.#done) {
      if (untilAt > nowMs) return;
      this.#drop(key);
    }
  }

  /** Looks only when a lease can be over: a full memory is asked for often. */
  #forgetLostClaims(nowMs: number): boolean {
    if (this.#nextLeaseEndAt > nowMs) return false;
    this.#nextLeaseEndAt = Number.POSITIVE_INFINITY;
    for (const [key, { untilAt }] of this.#running) {
      if (untilAt <= nowMs) this.#running.delete(key);
      else this.#nextLeaseEndAt = Math.min(this.#nextLeaseEndAt, untilAt);
    }
    return this.size < this.#maxEntries;
  }

  #dropOldestAnswer(): boolean {
    for (const key of this.#done.keys()) {
      this.#drop(key);
      return true;
    }
    return false;
  }

  #drop(key: string): void {
    this.#running.delete(key);
    this.#bytes -= this.#done.get(key)?.bytes ?? 0;
    this.#done.delete(key);
  }
}

/** Neither who gave it nor who gets it can change what is kept. */
function copyOf({ status, headers, body }: StoredAnswer): StoredAnswer {
  return { status, headers: { ...headers }, body: Uint8Array.from(body) };
}

function bytesOf(key: string, fingerprint: string, { headers, body }: StoredAnswer): number {
  let characters = key.length + fingerprint.length;
  for (const [name, value] of Object.entries(headers)) characters += name.length + value.length;
  return body.byteLength + 2 * characters;
}

function duration(path: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0) return ms;
  throw invalid(path, `${ms}: expected a number of ms above 0`);
}

function invalid(path: string, message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', `idempotency: ${path}: ${message}`, { problems: [{ path, message }] });
}
