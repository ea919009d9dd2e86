import { setMaxListeners } from 'node:events';
import { messageOf, sleep, type Timer, WeftError } from '@weft/core';
import { bounded, ReconnectBackoff } from '@weft/resilience';
import { redescribeInstance } from './describe-instance.js';
import type { Registration } from './registration.js';
import { BEAT_JITTER_RATIO, BEATS_PER_TTL, type RegistryContext } from './registry-context.js';
import type { RegistrationEvent } from './registry-options.js';
import type { ServiceDescription, ServiceInfo } from './service-info.js';

const WITHDRAW_MS = 2_000;
/** Over how long those who lose a server together spread their next beats. */
const SPREAD_MS = 1_000;
/** Least from one such beat to the next: something between us and a server may end each connection that rests. */
const CALM_MS = 5_000;

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: WeftError) => void;
}

/** What happens around a held record. */
export interface HeldRegistrationHooks {
  /** The backend has taken this over; `isNews` unless it was a mere beat. */
  readonly onAsserted: (info: ServiceInfo, isNews: boolean) => void;
  /** It stopped for good: withdrawn, or given up to a newer claimant. */
  readonly onEnded: (registration: HeldRegistration) => void;
  /** The backend has removed it. */
  readonly onRemoved: (info: ServiceInfo) => void;
}

/**
 * A record as desired state: asserted at every beat, a third of the TTL with 10 % jitter, one at a time, and after a
 * failure until it works again. So an emptied backend, a lost lease and a long pause all heal with the next beat, which comes
 * within a second when the driver tells that the connection was lost.
 */
export class HeldRegistration implements Registration {
  readonly registered: Promise<void>;
  /** What the backend said to the last failed beat. */
  error: WeftError | undefined;
  private current: ServiceInfo;
  private revision = 1;
  private assertedRevision = 0;
  private isHeld = false;
  private wasLost = false;
  private leaseTimer: Timer | undefined;
  private waiters: Waiter[] = [];
  private inFlight: Promise<unknown> = Promise.resolve();
  private pause = new AbortController();
  /** Of the last beat: fires when the backend may come back without us. */
  private lost: AbortSignal | undefined;
  /** When the last loss made a beat come early. */
  private hurriedAt = Number.NEGATIVE_INFINITY;
  private leaving: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly backoff: ReconnectBackoff;

  constructor(
    info: ServiceInfo,
    private readonly context: RegistryContext,
    private readonly hooks: HeldRegistrationHooks,
  ) {
    this.current = info;
    this.backoff = new ReconnectBackoff(context.random);
    this.registered = this.asserted();
    this.registered.catch(() => {});
    void this.run();
  }

  get info(): ServiceInfo {
    return this.current;
  }

  get isRegistered(): boolean {
    return this.isHeld;
  }

  /** Whether it is being withdrawn. */
  get isLeaving(): boolean {
    return this.leaving !== undefined;
  }

  update(change: Partial<ServiceDescription>): void {
    this.current = redescribeInstance(this.current, change, this.context.random);
    this.revision++;
    if (!this.error) this.pause.abort();
  }

  /** Resolves when the record as it is now has been asserted. @throws WEFT_CONFLICT @throws WEFT_CLOSED */
  asserted(): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.reject(this.stopping.signal.reason);
    const { revision } = this;
    if (this.assertedRevision >= revision) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ revision, resolve, reject }));
  }

  withdraw({ timeoutMs = WITHDRAW_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.leaving ??= this.leave(timeoutMs);
    return this.leaving;
  }

  /** Gives the id up to a newer claimant. */
  yield(error: WeftError): void {
    if (this.stopping.signal.aborted) return;
    this.stop(error);
    this.context.metrics.increment('registry.registration.conflicts', { service: this.info.name });
    this.context.logger.error('another instance holds our id; no longer asserting it', { ...this.about(error) });
    this.context.tell('registration.conflict', this.about(error));
  }

  /** Asserts it no longer; whoever waits for that is told `error`. Idempotent. */
  stop(error: WeftError): void {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort(error);
    this.pause.abort();
    this.leaseTimer?.cancel();
    this.isHeld = false;
    for (const { reject } of this.waiters.splice(0)) reject(error);
    this.hooks.onEnded(this);
  }

  private async run(): Promise<void> {
    const { clock } = this.context;
    while (!this.stopping.signal.aborted) {
      const startedAt = clock.now();
      this.pause = new AbortController();
      const waitMs = await this.beat();
      if (this.stopping.signal.aborted) return;
      const leftMs = Math.max(0, waitMs - (this.error ? 0 : clock.now() - startedAt));
      await this.rest(leftMs);
    }
  }

  /** Until the next beat is due, or there is something to publish, or the connection has been lost for a moment. */
  private async rest(ms: number): Promise<void> {
    const { clock, random } = this.context;
    const { pause, lost } = this;
    let hurry: Timer | undefined;
    const onLost = () => {
      const waitMs = Math.max(SPREAD_MS * random(), this.hurriedAt + CALM_MS - clock.now());
      hurry = clock.setTimer(waitMs, () => {
        this.hurriedAt = clock.now();
        pause.abort();
      });
    };
    if (lost?.aborted) onLost();
    else lost?.addEventListener('abort', onLost, { once: true });
    await sleep(ms, clock, pause.signal).catch(() => {});
    lost?.removeEventListener('abort', onLost);
    hurry?.cancel();
  }

  /** One assertion. Resolves to the ms until the next, from the start of this one when it worked. */
  private async beat(): Promise<number> {
    const { driver, random, metrics } = this.context;
    const { revision, current, stopping } = this;
    try {
      const what = `registering "${current.id}"`;
      const { ttlMs, lost } = await bounded(
        (signal) => {
          const put = driver.put(current, { ttlMs: this.context.ttlMs, signal });
          this.inFlight = put.catch(() => {});
          return put;
        },
        { ...this.context, what, signal: stopping.signal },
      );
      metrics.increment('registry.beats', { service: current.name, result: 'ok' });
      this.lost = lost;
      if (lost) setMaxListeners(0, lost);
      this.succeed(current, revision, ttlMs);
      return revision === this.revision ? (ttlMs / BEATS_PER_TTL) * (1 + BEAT_JITTER_RATIO * (2 * random() - 1)) : 0;
    } catch (error) {
      this.lost = undefined;
      if (!stopping.signal.aborted) this.fail(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE'));
      return this.backoff.nextMs(error);
    }
  }

  private succeed(info: ServiceInfo, revision: number, ttlMs: number): void {
    const isNews = !this.isHeld || revision !== this.assertedRevision;
    this.error = undefined;
    this.backoff.reset();
    this.isHeld = true;
    this.assertedRevision = revision;
    this.leaseTimer?.cancel();
    this.leaseTimer = this.context.clock.setTimer(ttlMs, () => this.lose());
    const due = this.waiters.filter((waiter) => waiter.revision <= revision);
    this.waiters = this.waiters.filter((waiter) => waiter.revision > revision);
    for (const { resolve } of due) resolve();
    this.hooks.onAsserted(info, isNews);
    if (!this.wasLost) return;
    this.wasLost = false;
    this.context.logger.info('registered again', { ...this.about() });
    this.context.tell('registration.restored', this.about());
  }

  private fail(error: WeftError): void {
    this.context.metrics.increment('registry.beats', { service: this.info.name, result: 'failed' });
    if (error.code === 'WEFT_CONFLICT') {
      this.yield(error);
      return;
    }
    if (!this.error) this.context.logger.warn('could not be registered; trying on', { ...this.about(error) });
    this.error = error;
  }

  private lose(): void {
    this.isHeld = false;
    this.wasLost = true;
    this.context.logger.warn('registration lost: not asserted for its whole TTL', { ...this.about(this.error) });
    this.context.tell('registration.lost', this.about(this.error));
  }

  private async leave(timeoutMs: number): Promise<void> {
    const { clock, driver, logger, from } = this.context;
    const untilAt = clock.now() + timeoutMs;
    const leftMs = () => Math.max(0, untilAt - clock.now());
    const bound = { from, clock, isAwaited: true };
    if (this.isHeld && !this.error) {
      // Whoever sees the record go has to know that it left on purpose.
      if (this.current.status !== 'draining') this.update({ status: 'draining' });
      const publish = { ...bound, what: `publishing "${this.info.id}"`, timeoutMs: timeoutMs / 2 };
      await bounded(() => this.asserted(), publish).catch(() => {});
    }
    this.stop(new WeftError('WEFT_CLOSED', `"${this.info.id}" was withdrawn`));
    const { name, id, incarnation } = this.info;
    try {
      await bounded(() => this.inFlight, { ...bound, what: `the last beat of "${id}"`, timeoutMs: leftMs() / 2 }).catch(() => {});
      const remove = (signal: AbortSignal) => driver.remove({ name, id, incarnation }, { signal });
      await bounded(remove, { ...bound, what: `removing "${id}"`, timeoutMs: leftMs() });
      this.hooks.onRemoved(this.info);
    } catch (error) {
      logger.warn('record could not be removed; it will expire', { service: name, id, error: messageOf(error) });
    }
  }

  private about(error?: WeftError): RegistrationEvent {
    const { id, name } = this.info;
    return error ? { id, name, error } : { id, name };
  }
}
