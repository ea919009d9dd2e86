import type { ServiceInstance, Timer } from '@weft/core';
import { bounded } from '@weft/resilience';
import { quietControl } from './quiet-control.js';
import type { RegistryContext } from './registry-context.js';
import type { ServiceInfo } from './service-info.js';
import { type ListFacts, Vanishings } from './vanishings.js';

const PROBE_TIMEOUT_MS = 1_000;
const SWEEP_MS = 1_000;
/** How long a passed probe is good for. */
const TRUST_MS = 5_000;
const MAX_FAILURES = 3;
const MAX_SUSPECT_MS = 300_000;
const PROBES_AT_ONCE = 16;
const NOBODY: ReadonlySet<string> = new Set();
const NO_SUSPECTS: ReadonlyMap<string, Suspect> = new Map();

/** Asks an instance whether it can serve, for at most `timeoutMs`; one that rejects cannot. */
export type Prober = (instance: ServiceInstance, timeoutMs: number) => Promise<boolean>;

/** What the suspects of a service are part of. */
export interface SuspectsOwner {
  /** The service. */
  readonly name: string;
  /** Whether the registry answers now: while it does not, nobody is given up. */
  readonly isInContact: boolean;
  /** Told who has gone after all. */
  drop(instances: readonly ServiceInfo[]): void;
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
  private held: ReadonlyMap<string, Suspect> = NO_SUSPECTS;
  private probers: readonly Prober[] = [];
  /** There are some since the first that vanished. */
  private vanishings: Vanishings | undefined;
  private isStopped = false;
  /** Ends the probes under way; there is one since the first of them. */
  private stopping: AbortController | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly context: RegistryContext,
    private readonly owner: SuspectsOwner,
  ) {}

  /** Their ids; the same set until one comes or goes. */
  get ids(): ReadonlySet<string> {
    return this.known;
  }

  /**
   * Judges those that the backend does not show any more, out of `present` instances. Gives those that stay, or come back,
   * as suspects: earlier ones of the same beat are among them.
   */
  judge(missing: readonly ServiceInfo[], { present, isBack }: ListFacts): readonly ServiceInfo[] {
    const { selfPreservation, beatWindowMs, clock } = this.context;
    const vanished = missing.filter(({ id, status }) => status !== 'draining' && !this.held.has(id));
    if (!selfPreservation || vanished.length === 0) return [];
    this.vanishings ??= new Vanishings(selfPreservation, beatWindowMs, clock);
    const doubted = this.vanishings.note(vanished, { present: present - this.held.size, isBack });
    if (doubted.length > 0) this.hold(doubted, present);
    return doubted;
  }

  /** These are there for sure, or have left for sure. */
  clear(instances: readonly { readonly id: string }[]): void {
    this.vanishings?.forget(instances);
    if (this.held.size === 0) return;
    const held = new Map(this.held);
    const cleared = instances.filter(({ id }) => held.delete(id));
    if (cleared.length > 0) this.change(held);
  }

  /** Asks the suspects with `prober` from now on, until the returned function is called. */
  ask(prober: Prober): () => void {
    const own: Prober = (instance, timeoutMs) => prober(instance, timeoutMs);
    this.probers = [...this.probers, own];
    return () => {
      this.probers = this.probers.filter((other) => other !== own);
    };
  }

  /** Watches over nobody any more. */
  stop(): void {
    this.isStopped = true;
    this.stopping?.abort();
    this.timer?.cancel();
  }

  private hold(doubted: readonly ServiceInfo[], present: number): void {
    const { clock, random, logger } = this.context;
    const since = clock.now();
    const held = new Map(this.held);
    for (const instance of doubted) {
      const { id } = instance;
      if (!held.has(id)) held.set(id, { instance, since, failures: 0, passedAt: Number.NEGATIVE_INFINITY });
    }
    const facts = { service: this.owner.name, vanished: doubted.length, of: present };
    logger.warn('instances vanished together without leaving; they are kept until probes fail', facts);
    this.change(held);
    this.timer ??= clock.setTimer(SWEEP_MS * random(), () => void this.sweep());
  }

  private change(held: ReadonlyMap<string, Suspect>): void {
    this.held = held.size > 0 ? held : NO_SUSPECTS;
    this.known = held.size > 0 ? new Set(held.keys()) : NOBODY;
    this.context.metrics.gauge('registry.suspects', held.size, { service: this.owner.name });
  }

  private async sweep(): Promise<void> {
    const { clock } = this.context;
    const [prober] = this.probers;
    const due = [...this.held.values()].filter(({ passedAt }) => clock.now() - passedAt >= TRUST_MS);
    while (prober && due.length > 0 && this.owner.isInContact) {
      await Promise.all(due.splice(0, PROBES_AT_ONCE).map((suspect) => this.probe(suspect, prober)));
    }
    if (this.isStopped) return;
    if (this.owner.isInContact) this.giveUp();
    this.timer = this.held.size > 0 ? clock.setTimer(SWEEP_MS, () => void this.sweep()) : undefined;
  }

  private async probe(suspect: Suspect, prober: Prober): Promise<void> {
    const { context } = this;
    const { instance } = suspect;
    this.stopping ??= quietControl();
    const { signal } = this.stopping;
    const bound = { ...context, what: `probing "${instance.id}"`, timeoutMs: PROBE_TIMEOUT_MS, signal };
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
    this.owner.drop(gone);
  }
}
