import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RegistryEvent, type ServiceInstance, sleep, type Timer, WeftError } from '@weft/core';
import { bounded, ReconnectBackoff } from '@weft/resilience';
import { Contact } from './contact.js';
import { followStream, type StreamOwner } from './follow-stream.js';
import { type InstanceChange, InstanceSet } from './instance-set.js';
import { ListedInstances, listedInstances, NOBODY_LISTED } from './listed-instances.js';
import { quietControl } from './quiet-control.js';
import { type Refusals, textOf } from './refusals.js';
import type { RegistryContext } from './registry-context.js';
import type { Removals, RemovedRecord } from './removals.js';
import type { ServiceInfo } from './service-info.js';
import type { SnapshotFile } from './snapshot-file.js';
import { Suspects, type SuspectsOwner } from './suspects.js';

/** A stream that held this long has shown that the backend works: the next wait is a short one again. */
const STEADY_MS = 5_000;
/** Records that are checked in one go: some ms of work. */
const PORTION = 1_000;
/** What a provider needs, beside a beat, to be in a registry again that has come back. */
const RETURN_MS = 2_000;
const NOTHING: ReadonlySet<string> = new Set();

/** Told once per event of the backend that changed something, and with no change when the first list has come. */
export type UpstreamListener = (changes: readonly InstanceChange[]) => void;

/** What the upstreams of a `Registry` have in common. */
export interface UpstreamParts {
  readonly refusals: Refusals;
  readonly removals: Removals;
  /** Keeps the lists for the next process. */
  readonly snapshot: SnapshotFile | undefined;
  /** Told of every good record that the backend shows. */
  readonly onSeen: (instance: ServiceInfo) => void;
}

/**
 * Follows one service for ever: a list, then the driver's stream, plus a full list each minute; after a failure all of
 * it again. Keeps the last good list for as long as it lives, whatever happens to the backend.
 */
export class ServiceUpstream implements StreamOwner, SuspectsOwner {
  /** Why the backend does not answer now. */
  error: WeftError | undefined;
  /** Whether a list has arrived once, or was kept from an earlier process. */
  known = false;
  /** Whether it was told to follow no more. */
  isStopped = false;
  /** Who vanished and is not believed to have gone. */
  readonly suspects: Suspects;
  private readonly set = new InstanceSet();
  private readonly contact: Contact;
  /** Whether the backend itself has given a list. */
  private isListed = false;
  private listeners: readonly UpstreamListener[] = [];
  /** Of the try to follow that is under way, or due. */
  private control = quietControl();
  /** Per full list under way, the ids that changed meanwhile: the list may be older than they are. */
  private touched: readonly Set<string>[] = [];
  private recheck: Timer | undefined;

  constructor(
    /** The service. */
    readonly name: string,
    private readonly context: RegistryContext,
    private readonly parts: UpstreamParts,
  ) {
    const kept = (parts.snapshot?.find(name) ?? []).filter((instance) => parts.refusals.allows(instance));
    this.known = kept.length > 0;
    this.set.replace(this.known ? listedInstances(kept) : NOBODY_LISTED, NOTHING);
    this.contact = new Contact(name, context, this.known);
    this.suspects = new Suspects(context, this);
    void this.run();
  }

  /** All good records, of every status; the same array until something changes. */
  get instances(): readonly ServiceInfo[] {
    return this.set.instances;
  }

  /** Whether the backend answers now. */
  get isInContact(): boolean {
    return this.contact.isMade;
  }

  /** Ms since the last contact; 0 while there is contact. */
  ageMs(): number {
    return this.contact.ageMs();
  }

  /** Calls `listener` at every change, until the returned function is called. */
  subscribe(listener: UpstreamListener): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  /** Takes over what this process itself has just done, without waiting for it to come back from the backend. */
  applyOwn(event: { readonly put: ServiceInfo } | { readonly removed: RemovedRecord }): void {
    if (!this.known) return;
    if ('put' in event) this.put(event.put);
    else this.remove({ ...event.removed, status: 'draining' });
  }

  /** Lists in full. @throws WEFT_REGISTRY_UNAVAILABLE */
  async relist(signal: AbortSignal = this.control.signal): Promise<void> {
    const { driver, clock } = this.context;
    await this.noting(async (touched) => {
      const askedAt = clock.now();
      const what = `listing "${this.name}"`;
      const list = await bounded((ended) => driver.list(this.name, { signal: ended }), { ...this.context, what, signal });
      await this.replace(list, touched, askedAt);
    });
  }

  /** Takes an event of the backend. A list takes a while: the promise says when the next event may come. */
  apply(event: RegistryEvent): Promise<void> | undefined {
    if ('list' in event) return this.noting((touched) => this.replace(event.list, touched));
    if ('put' in event) this.put(event.put);
    else this.remove(event.removed);
    return undefined;
  }

  /** The stream of the backend broke: there was contact until this moment. */
  broke(): void {
    this.contact.broke();
  }

  /** Takes those for gone that did not pass as suspects. */
  drop(instances: readonly ServiceInfo[]): void {
    this.notifyOf(instances.map(({ id, incarnation }) => this.set.remove(id, incarnation)));
  }

  /** Follows no more; the last list stays readable. */
  stop(error: WeftError): void {
    this.isStopped = true;
    this.error = error;
    this.contact.stop();
    this.suspects.stop();
    this.recheck?.cancel();
    this.control.abort(error);
    this.notify([]);
    this.listeners = [];
  }

  private async run(): Promise<void> {
    const { clock, random, metrics } = this.context;
    const backoff = new ReconnectBackoff(random);
    while (!this.isStopped) {
      const startedAt = clock.now();
      const error = await this.follow().catch((reason: unknown) => WeftError.from(reason, 'WEFT_REGISTRY_UNAVAILABLE'));
      if (this.isStopped) return;
      this.error = error;
      this.contact.lost(error);
      metrics.increment('registry.watch.failures', { service: this.name });
      if (clock.now() - startedAt >= STEADY_MS) backoff.reset();
      this.control = quietControl();
      await sleep(backoff.nextMs(error), clock, this.control.signal).catch(() => {});
    }
  }

  private async follow(): Promise<WeftError> {
    await this.relist();
    return followStream(this, this.context, this.control);
  }

  private put(record: ServiceInstance): void {
    this.inContact();
    const instance = this.believe(record, this.set.get(textOf(record, 'id')));
    if (!instance) return;
    this.touch(instance.id);
    this.suspects.clear([instance]);
    const change = this.set.put(instance);
    if (change) this.notify([change]);
    this.parts.onSeen(instance);
  }

  /**
   * Drivers that know which incarnation has gone say so, and spare a newer one. One that was draining has left; any other
   * may have vanished together with more.
   */
  private remove({ id, incarnation, status }: RemovedRecord): void {
    this.inContact();
    this.touch(id);
    const held = this.set.get(id);
    if (!held || (incarnation !== undefined && held.incarnation > incarnation)) return;
    const isLeaving = status === 'draining' || held.status === 'draining';
    const back = isLeaving ? [] : this.bringBack([held]);
    if (isLeaving) this.suspects.clear([held]);
    this.notifyOf(this.suspects.ids.has(id) ? back : [this.set.remove(id)]);
  }

  /** Puts those back that went shortly before `missing`, when all of them are too many to be believed. */
  private bringBack(missing: readonly ServiceInfo[]): (InstanceChange | undefined)[] {
    const isBack = this.contact.wasLostWithin(this.context.beatWindowMs + RETURN_MS);
    const facts = { present: this.set.instances.length, isBack };
    return this.suspects.judge(missing, facts).map((instance) => this.set.put(instance));
  }

  /**
   * The record, checked; undefined when it is refused, or doubted because this process has just removed it itself. What it
   * has in common with `like`, a good one, need not be checked.
   */
  private believe(record: ServiceInstance, like: ServiceInfo | undefined, askedAt?: number): ServiceInfo | undefined {
    const instance = this.parts.refusals.check(record, this.name, like);
    const untilAt = instance && this.parts.removals.doubtedUntil(instance, askedAt);
    if (untilAt === undefined) return instance;
    this.recheckAt(untilAt);
    return undefined;
  }

  /** Lists in full when the doubt is over. */
  private recheckAt(at: number): void {
    const { clock } = this.context;
    this.recheck ??= clock.setTimer(Math.max(0, at - clock.now()), () => {
      this.recheck = undefined;
      this.relist().catch(() => {});
    });
  }

  /** Gives `list` the ids that change while it runs. */
  private async noting(list: (touched: ReadonlySet<string>) => Promise<void>): Promise<void> {
    const touched = new Set<string>();
    this.touched = [...this.touched, touched];
    try {
      await list(touched);
    } finally {
      this.touched = this.touched.filter((other) => other !== touched);
    }
  }

  private touch(id: string): void {
    for (const ids of this.touched) ids.add(id);
  }

  /**
   * Takes a full list over, in one step, once all of it is checked: in portions, so that a long one does not hold everything
   * else up. A record that is refused or doubted leaves what is known under its id in force.
   */
  private async replace(list: readonly ServiceInstance[], touched: ReadonlySet<string>, askedAt?: number): Promise<void> {
    const kept = new Set<string>();
    const { instances: held } = this.set;
    const listed = new ListedInstances(held);
    let checked = 0;
    for (const record of list) {
      const id = textOf(record, 'id');
      const place = listed.placeOf(id);
      const instance = this.believe(record, place < 0 ? listed.instances.at(-1) : held[place], askedAt);
      if (instance) listed.add(instance, place);
      else kept.add(id);
      if (++checked % PORTION === 0) await nextTurn();
    }
    for (const id of touched) kept.add(id);
    if (!this.isStopped) this.takeOver(listed, kept);
  }

  private takeOver(listed: ListedInstances, kept: Set<string>): void {
    const { instances } = listed;
    const isFirst = !this.isListed;
    this.isListed = true;
    this.suspects.clear(instances);
    const back = isFirst ? [] : this.bringBack(this.set.missing(listed, kept));
    for (const id of this.suspects.ids) kept.add(id);
    const changes = [...back.filter(isChange), ...this.set.replace(listed, kept)];
    this.known = true;
    this.inContact();
    if (isFirst || changes.length > 0) this.notify(changes);
    for (const instance of instances) this.parts.onSeen(instance);
  }

  private inContact(): void {
    this.error = undefined;
    this.contact.made();
  }

  private notifyOf(changes: readonly (InstanceChange | undefined)[]): void {
    const some = changes.filter(isChange);
    if (some.length > 0) this.notify(some);
  }

  private notify(changes: readonly InstanceChange[]): void {
    if (!this.isStopped && this.isListed) this.parts.snapshot?.keep(this.name, this.instances);
    if (changes.length > 0) this.context.metrics.gauge('registry.instances', this.instances.length, { service: this.name });
    for (const listener of this.listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.context.logger.error('a listener of a service view threw', { service: this.name, error });
      }
    }
  }
}

function isChange(change: InstanceChange | undefined): change is InstanceChange {
  return change !== undefined;
}
