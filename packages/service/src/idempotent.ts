import { type Claim, type Clock, type IdempotencyStore, type Logger, type Reply, sleep, WeftError } from '@weft/core';
import { isIdempotent } from '@weft/resilience';
import { errorReply } from './error-reply.js';
import { namesOf, type RequestNames } from './idempotency-key.js';
import { Outage } from './outage.js';
import { withRetryAfter } from './reply.js';
import type { ServiceRequest } from './service-request.js';
import { fromStored, isKept, toStored } from './stored-answer.js';

/** What remembering answers is made with. */
export interface IdempotentOptions {
  /** Name of the service: its instances share their keys. */
  readonly service: string;
  readonly store: IdempotencyStore;
  /** How long an answer is kept. */
  readonly ttlMs: number;
  /** How long a claim stands without being renewed. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** For callers that do not say how long they wait: what a call has by default. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 1_000;
const AWAY = 'The store of idempotency keys does not answer; requests with a key are refused meanwhile';
const UNKNOWN = withRetryAfter(errorReply(503, 'Whether this request has been carried out cannot be found out now'), RETRY_MS);
const STILL_RUNNING = errorReply(409, 'A request with this idempotency key is still being carried out');
const ANOTHER = errorReply(422, 'This idempotency key belongs to a request with another body or by another caller');

/**
 * Carries a request with an idempotency key out once: claims the key, works, keeps the answer, then answers. Who comes with
 * the same key meanwhile waits; who comes later is given the kept answer. When nobody can tell whether a request has been
 * carried out it is refused, for a refusal can be repeated and an effect cannot be taken back.
 */
export class Idempotent {
  readonly #options: IdempotentOptions;
  readonly #outage: Outage;
  /** For what has to be told to the store although nobody waits any more. */
  readonly #signal = new AbortController().signal;
  /** Ends the renewals that are under way. */
  readonly #renewals = new Set<() => void>();

  constructor(options: IdempotentOptions) {
    this.#options = options;
    this.#outage = new Outage(options.log, AWAY);
  }

  /** Whether the request is one that must not be carried out twice, and says so. */
  covers(request: ServiceRequest): boolean {
    return !isIdempotent(request.method) && request.idempotencyKey !== undefined && request.match.route !== undefined;
  }

  /**
   * The answer to the request: `work`'s, or the one that was kept of it.
   * @param body of the request; undefined when it is not ours to read
   * @param work does not reject
   * @throws WEFT_CANCELLED WEFT_DEADLINE_EXCEEDED when nobody waits any more, before the work began
   */
  async once(request: ServiceRequest, body: Uint8Array | undefined, work: () => Promise<Reply>): Promise<Reply> {
    const { service } = this.#options;
    request.isAbortable = true;
    const names = namesOf(service, request.idempotencyKey ?? '', request.inbound, body);
    const claim = await this.#claim(names, request);
    if (typeof claim !== 'string') return claim;
    if (request.signal.aborted) {
      void this.#release(names.key, claim);
      throw request.signal.reason;
    }
    const stopRenewing = this.#renew(names.key, claim, request);
    try {
      const answer = await work();
      request.isAbortable = false;
      if (isKept(answer.status)) await this.#keep(names.key, claim, answer, request);
      else void this.#release(names.key, claim);
      return answer;
    } finally {
      stopRenewing();
    }
  }

  /** Renews nothing any longer: claims of what is still carried out run out. */
  close(): void {
    for (const stop of this.#renewals) stop();
  }

  /** The token of our claim, or the answer that there is without one. Waits while another is at it. */
  async #claim(names: RequestNames, request: ServiceRequest): Promise<string | Reply> {
    const { clock, leaseMs } = this.#options;
    const { signal, startedAt, deadlineAt } = request;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const askedAt = clock.now();
      const claim = await this.#ask(names, signal);
      if (!claim) return UNKNOWN;
      if (claim.state === 'claimed') {
        // A process that stood still since it asked may have lost the claim before it heard of it.
        if (clock.now() - askedAt < leaseMs / 2 || (await this.#isStillOurs(names.key, claim.token))) return claim.token;
        continue;
      }
      if (claim.fingerprint !== names.fingerprint) return ANOTHER;
      if (claim.state === 'done') return fromStored(claim.answer);
      if (deadlineAt === undefined && clock.now() >= startedAt + PATIENCE_MS) return STILL_RUNNING;
      await sleep(Math.max(1, Math.min(pauseMs, claim.leftMs)), clock, signal);
    }
  }

  async #ask({ key, fingerprint }: RequestNames, signal: AbortSignal): Promise<Claim | undefined> {
    const { store, leaseMs } = this.#options;
    try {
      const claim = await store.claim(key, { fingerprint, leaseMs, signal });
      this.#outage.end();
      return claim;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.#outage.begin(error);
      return undefined;
    }
  }

  /** Renews the claim every third of its lease, until it is stopped or the claim is no longer ours: then the work is to end. */
  #renew(key: string, token: string, request: ServiceRequest): () => void {
    const { clock, leaseMs } = this.#options;
    const renew = async () => {
      const isOurs = await this.#isStillOurs(key, token);
      if (!this.#renewals.has(stop)) return;
      if (isOurs) timer = clock.setTimer(leaseMs / 3, renew);
      else request.abort(new WeftError('WEFT_UNAVAILABLE', 'the claim of the idempotency key was lost: another may be at it'));
    };
    let timer = clock.setTimer(leaseMs / 3, renew);
    const stop = () => {
      this.#renewals.delete(stop);
      timer.cancel();
    };
    this.#renewals.add(stop);
    return stop;
  }

  /** A store that does not answer gives the claim to nobody else. */
  async #isStillOurs(key: string, token: string): Promise<boolean> {
    const { store, leaseMs } = this.#options;
    try {
      return await store.renew(key, token, { leaseMs, signal: this.#signal });
    } catch {
      return true;
    }
  }

  /** The caller gets its answer whether it could be kept or not: then it has no reason to come again. */
  async #keep(key: string, token: string, answer: Reply, request: ServiceRequest): Promise<void> {
    const { store, ttlMs, log } = this.#options;
    const isOurs = request.match.route?.readsBody !== false;
    try {
      const isKept = await store.complete(key, token, { answer: toStored(answer, isOurs), ttlMs, signal: this.#signal });
      if (!isKept) log.warn('An answer was not kept: the claim of its idempotency key was lost', { path: request.path });
    } catch (error) {
      log.warn('An answer was not kept for its idempotency key', { path: request.path, error });
    }
  }

  /** Nobody has to wait for it: a claim that is not released runs out. */
  async #release(key: string, token: string): Promise<void> {
    try {
      await this.#options.store.release(key, token, { signal: this.#signal });
    } catch {
      // As said: it runs out.
    }
  }
}
