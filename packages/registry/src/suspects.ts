import { setMaxListeners } from 'node:events';
import type { ServiceInstance, Timer } from '@weft/core';
import { bounded } from '@weft/resilience';
import type { RegistryContext } from './registry-context.js';
import type { ServiceInfo } from './service-info.js';
import { Vanishings } from './vanishings.js';

const PROBE_TIMEOUT_MS = 1_000;
const SWEEP_MS = 1_000;
/** How long a passed probe is good for. */
const TRUST_MS = 5_000;
const MAX_FAILURES = 3;
const MAX_SUSPECT_MS = 300_000;
const PROBES_AT_ONCE = 16;
const NOBODY: ReadonlySet<string> = new Set();

/** Asks an instance whether it can serve, for at most `timeoutMs`; one that rejects cannot. */
export type Prober = (instance: ServiceInstance, timeoutMs: number) => Promise<boolean>;

/** What the suspects of a service are part of. */
export interface SuspectsOwner {
  /** The service. */
  readonly name: string;
  /** Whether the registry answers now: while it does not, nobody is given up. */
  readonly isInContact: () => boolean;
  /** Told who has gone after all. */
  readonly onGone: (instances: readonly ServiceInfo[]) => void;
}

interface Suspect {
  readonly instance: ServiceInfo;
  readonly since: number;
  failures: number;
  passedAt: number;
}

/**
 * The instances of a service that vanished, too many at once to be believed. Each stays until the registry shows it again,
 * until three probes in a row have failed, or for 5 min.
 */
export class Suspects {
  private known: ReadonlySet<string> = NOBODY;
  private readonly held = new Map<string, Suspect>();
  private readonly probers = new Set<Prober>();
  private readonly vanishings: Vanishings | undefined;
  private readonly stopping = new AbortController();
  private timer: Timer | undefined;

  constructor(
    private readonly context: RegistryContext,
    private readonly owner: SuspectsOwner,
  ) {
    const { selfPreservation, beatWindowMs, clock } = context;
    setMaxListeners(0, this.stopping.signal);
    this.vanishings = selfPreservation && new Vanishings(selfPreservation, beatWindowMs, clock);
  }

  /** Their ids; the same set until one comes or goes. */
  get ids(): ReadonlySet<string> {
    return this.known;
  }

  /**
   * Judges those that the backend does not show any more, out of `present` instances. Gives those that stay, or come back,
   * as suspects: earlier ones of the same beat are among them.
   */
  judge(missing: readonly ServiceInfo[], present: number): readonly ServiceInfo[] {
    const vanished = missing.filter(({ id, status }) => status !== 'draining' && !this.held.has(id));
    if (!this.vanishings || vanished.length === 0) return [];
    const doubted = this.vanishings.note(vanished, present - this.held.size);
    if (doubted.length > 0) this.hold(doubted, present);
    return doubted;
  }

  /** These are there for sure, or have left for sure. */
  clear(instances: Iterable<{ readonly id: string }>): void {
    let isChanged = false;
    for (const { id } of instances) {
      this.vanishings?.forget(id);
      isChanged = this.held.delete(id) || isChanged;
    }
    if (isChanged) this.changed();
  }

  /** Asks the suspects with `prober` from now on, until the returned function is called. */
  ask(prober: Prober): () => void {
    const own: Prober = (instance, timeoutMs) => prober(instance, timeoutMs);
    this.probers.add(own);
    return () => void this.probers.delete(own);
  }

  /** Watches over nobody any more. */
  stop(): void {
    this.stopping.abort();
    this.timer?.cancel();
  }

  private hold(doubted: readonly ServiceInfo[], present: number): void {
    const { clock, random, logger } = this.context;
    const since = clock.now();
    for (const instance of doubted) {
      const { id } = instance;
      if (!this.held.has(id)) this.held.set(id, { instance, since, failures: 0, passedAt: Number.NEGATIVE_INFINITY });
    }
    const facts = { service: this.owner.name, vanished: doubted.length, of: present };
    logger.warn('instances vanished together without leaving; they are kept until probes fail', facts);
    this.changed();
    this.timer ??= clock.setTimer(SWEEP_MS * random(), () => void this.sweep());
  }

  private changed(): void {
    this.known = this.held.size > 0 ? new Set(this.held.keys()) : NOBODY;
    this.context.metrics.gauge('registry.suspects', this.held.size, { service: this.owner.name });
  }

  private async sweep(): Promise<void> {
    const { clock } = this.context;
    const [prober] = this.probers;
    const due = [...this.held.values()].filter(({ passedAt }) => clock.now() - passedAt >= TRUST_MS);
    while (prober && due.length > 0 && this.owner.isInContact()) {
      await Promise.all(due.splice(0, PROBES_AT_ONCE).map((suspect) => this.probe(suspect, prober)));
    }
    if (this.stopping.signal.aborted) return;
    if (this.owner.isInContact()) this.giveUp();
    this.timer = this.held.size > 0 ? clock.setTimer(SWEEP_MS, () => void this.sweep()) : undefined;
  }

  private async probe(suspect: Suspect, prober: Prober): Promise<void> {
    const { context, stopping } = this;
    const { instance } = suspect;
    const what = `probing "${instance.id}"`;
    const bound = { ...context, what, timeoutMs: PROBE_TIMEOUT_MS, signal: stopping.signal };
    const passed = await bounded(() => prober(instance, PROBE_TIMEOUT_MS), bound).catch(() => false);
    suspect.failures = passed ? 0 : suspect.failures + 1;
    if (passed) suspect.passedAt = context.clock.now();
  }

  private giveUp(): void {
    const now = this.context.clock.now();
    const isOver = ({ failures, since }: Suspect) => failures >= MAX_FAILURES || now - since >= MAX_SUSPECT_MS;
    const gone = [...this.held.values()].filter(isOver).map(({ instance }) => instance);
    if (gone.length === 0) return;
    this.clear(gone);
    this.owner.onGone(gone);
  }
}
