import {
  type Clock,
  type InstanceHandle,
  type Logger,
  messageOf,
  noopLogger,
  type Random,
  type ServiceInstance,
  type Snapshot,
  type Timer,
  WeftError,
} from '@weft/core';
import type { AvailabilityEvent, EjectionReason } from './availability-event.js';
import { availableInstances } from './available-instances.js';
import { Flight } from './flight-list.js';
import { InstanceHealth, type InstanceState, type Judgement } from './instance-health.js';
import { isSameList, KnownInstances } from './known-instances.js';
import { type OutlierOptions, type OutlierSettings, parseOutlierOptions } from './outlier-options.js';
import { medianOf } from './recent-durations.js';
import { StallRule } from './stall-rule.js';

const PASSES_AFTER_EJECTION = 2;

/** What an `AvailabilitySet` needs around it, and when instances are ejected. */
export interface AvailabilitySetOptions extends OutlierOptions {
  /** Time. */
  readonly clock: Clock;
  /** Random numbers, for the length of ejections. */
  readonly random: Random;
  /** Asks an instance on its health path whether it can serve; should give up after `timeoutMs`, and counts as failed then. */
  probe(handle: InstanceHandle, timeoutMs: number): Promise<boolean>;
  /** Told each change of who may be called. */
  onEvent?(event: AvailabilityEvent): void;
  /** Where a listener that throws is reported; nowhere unless set. */
  readonly logger?: Logger;
}

/** What is held against one instance, for people. */
export interface InstanceStats {
  /** Id of the instance. */
  readonly id: string;
  /** What it is held for. */
  readonly state: InstanceState;
  /** Calls under way to it. */
  readonly inFlight: number;
  /** Ejections for bad answers that have not been forgiven. */
  readonly ejections: number;
  /** Failures in a row up to now. */
  readonly failures: number;
}

/**
 * The instances of one service that may be called. It learns from how calls end: who cannot be reached or went silent is out
 * until a probe passes; who answers badly or slowly is out for a time. It never ejects the last one, and gives up its rules
 * before it leaves nobody.
 *
 * Source: Envoy, outlier detection and panic threshold; gRFC A50.
 */
export class AvailabilitySet {
  readonly #options: AvailabilitySetOptions;
  readonly #settings: OutlierSettings;
  readonly #stallRule: StallRule;
  readonly #known: KnownInstances;
  #snapshot: readonly InstanceHealth[] = [];
  #counts = { wanted: 0, ejected: 0, well: 0 };
  #isPanic = false;
  #isCutOff = false;
  #failing = 0;
  #inFlight = 0;
  #turn = 0;
  #sweepTimer: Timer | undefined;
  #isClosed = false;

  /** @throws WEFT_CONFIG_INVALID telling every option that is wrong */
  constructor(options: AvailabilitySetOptions) {
    this.#options = options;
    this.#settings = parseOutlierOptions(options);
    const probe = (handle: InstanceHandle, timeoutMs: number) => options.probe(handle, timeoutMs);
    this.#known = new KnownInstances((instance) => new InstanceHealth(instance, probe, options.clock));
    this.#stallRule = new StallRule(this.#settings.stallMs, this.#settings.sweepMs);
  }

  /** Who may be picked now. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Takes the list that discovery has. An instance that is listed with a new incarnation begins with a clean slate. */
  update(instances: readonly ServiceInstance[]): void {
    const { isOther, isChanged } = this.#known.take(instances);
    if (isChanged) this.#replaceSnapshot(this.#snapshot);
    if (isOther) this.#refresh();
  }

  /** A call goes to `handle` now. @throws WEFT_INVALID_ARGUMENT when the handle is not from a snapshot of this class */
  begin(handle: InstanceHandle, nowMs: number): Flight {
    const flight = new Flight(handle, nowMs);
    healthOf(handle).flights.add(flight);
    this.#inFlight++;
    if (!this.#sweepTimer && !this.#isClosed) {
      this.#stallRule.begin(nowMs);
      this.#scheduleSweep();
    }
    return flight;
  }

  /** The call is over. A second end of a flight changes nothing. */
  end(flight: Flight, judged: Judgement, nowMs: number): void {
    if (flight.isOver) return;
    flight.isOver = true;
    const health = healthOf(flight.handle);
    health.flights.remove(flight);
    this.#inFlight--;
    if (judged === 'ignored' || this.#isClosed) return;
    this.#count(health, judged, flight.startedAt, nowMs);
    if (judged !== 'unreachable') this.#checkNextForStall(health, nowMs);
  }

  /** Whether the last outcome of every instance that may be picked is a failure; false when there is none. */
  allFailing(): boolean {
    return this.#failing > 0 && this.#failing === this.#snapshot.length;
  }

  /** What is held against each instance, in the order of the list. */
  stats(): InstanceStats[] {
    const nowMs = this.#options.clock.now();
    return this.#known.list.map(({ id, state, flights, ejection, failures }) => {
      return { id, state, inFlight: flights.size, ejections: ejection.countAt(nowMs), failures };
    });
  }

  /** Stops probing and watching. What may be picked stays as it is. */
  close(): void {
    this.#isClosed = true;
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
    for (const health of this.#known.list) health.leave();
  }

  #count(health: InstanceHealth, judged: Exclude<Judgement, 'ignored'>, startedAt: number, nowMs: number): void {
    const wasFailing = health.failures > 0;
    if (!health.count(judged, startedAt, nowMs)) return;
    if (health.isListed) this.#failing += Number(health.failures > 0) - Number(wasFailing);
    if (judged === 'unreachable') this.#takeOut(health, 'unreachable', nowMs);
    else this.#countAnswer(health, startedAt, nowMs);
  }

  /** In panic an instance that is out gets calls: its answer is as good as a passed probe. */
  #countAnswer(health: InstanceHealth, startedAt: number, nowMs: number): void {
    if (health.outage.reason !== undefined && startedAt > health.outage.since) health.probing.pass();
    if (health.badAnswers >= this.#settings.consecutive) this.#eject(health, 'bad-answers', nowMs);
  }

  /** Looks at one other instance per answer, in turn, so that a stall shows within a few calls and costs nothing per call. */
  #checkNextForStall(answered: InstanceHealth, nowMs: number): void {
    const health = this.#snapshot[this.#turn++ % this.#snapshot.length];
    if (!health || health === answered || this.#stallRule.silentSince(health, nowMs) === undefined) return;
    this.#takeOut(health, 'stalled', nowMs);
  }

  #takeOut(health: InstanceHealth, reason: 'unreachable' | 'stalled', nowMs: number): void {
    if (health.outage.reason !== undefined || !this.#has(health)) return;
    const wasUp = health.state === 'up';
    health.outage.begin(reason, nowMs);
    health.probing.start({ passes: health.outage.passes, recovered: () => this.#endOutage(health) });
    this.#refresh(wasUp ? { type: 'ejected', instance: health, reason } : undefined);
  }

  #endOutage(health: InstanceHealth): void {
    const nowMs = this.#options.clock.now();
    health.outage.end(nowMs);
    health.renew(nowMs);
    if (health.ejection.isOn) this.#probeAfterEjection(health, nowMs);
    this.#refresh(health.state === 'up' ? { type: 'restored', instance: health } : undefined);
  }

  #eject(health: InstanceHealth, reason: EjectionReason, nowMs: number): void {
    if (health.ejection.isOn || !this.#mayEject(health)) return;
    const wasUp = health.state === 'up';
    health.ejection.begin(nowMs, this.#settings, this.#options.random);
    if (wasUp) this.#probeAfterEjection(health, nowMs);
    this.#refresh(wasUp ? { type: 'ejected', instance: health, reason } : undefined);
  }

  /** Not more than the allowed share, and never the last that is well. */
  #mayEject(health: InstanceHealth): boolean {
    const { wanted, ejected, well } = this.#counts;
    const othersWell = health.state === 'up' ? well - 1 : well;
    return this.#has(health) && health.isWanted && ejected + 1 <= wanted * this.#settings.maxRatio && othersWell > 0;
  }

  #probeAfterEjection(health: InstanceHealth, nowMs: number): void {
    health.probing.start({
      delayMs: health.ejection.leftMs(nowMs),
      passes: PASSES_AFTER_EJECTION,
      recovered: () => this.#endEjection(health),
    });
  }

  #endEjection(health: InstanceHealth): void {
    const nowMs = this.#options.clock.now();
    health.ejection.end(nowMs);
    health.renew(nowMs);
    this.#refresh({ type: 'restored', instance: health });
  }

  #has(health: InstanceHealth): boolean {
    return !this.#isClosed && this.#known.has(health);
  }

  /** Works out anew who may be picked, and tells what changed. The list keeps its identity when that is who it was. */
  #refresh(event?: AvailabilityEvent): void {
    const wanted = this.#known.list.filter((health) => health.isWanted);
    const { list, isPanic, isCutOff } = availableInstances(wanted);
    this.#counts = {
      wanted: wanted.length,
      ejected: wanted.filter((health) => health.ejection.isOn).length,
      well: wanted.filter((health) => health.state === 'up').length,
    };
    if (!isSameList(list, this.#snapshot)) this.#replaceSnapshot(list);
    this.#failing = list.filter((health) => health.failures > 0).length;
    if (this.#isCutOff && !isCutOff) hurryOutages(wanted);
    const hasMoodChanged = isPanic !== this.#isPanic;
    this.#isCutOff = isCutOff;
    this.#isPanic = isPanic;
    if (event) this.#tell(event);
    if (hasMoodChanged) this.#tell({ type: isPanic ? 'panic' : 'calm' });
  }

  #replaceSnapshot(list: readonly InstanceHealth[]): void {
    for (const health of this.#snapshot) health.isListed = false;
    for (const health of list) health.isListed = true;
    this.#snapshot = [...list];
  }

  #scheduleSweep(): void {
    this.#sweepTimer = this.#options.clock.setTimer(this.#settings.sweepMs, () => this.#sweep());
  }

  #sweep(): void {
    const nowMs = this.#options.clock.now();
    const all = this.#known.list;
    const serviceMedianMs = medianOf(all.flatMap((health) => health.slowness?.median() ?? []));
    this.#stallRule.sweep(nowMs, serviceMedianMs);
    for (const health of all) this.#judgeSweep(health, all, serviceMedianMs, nowMs);
    this.#sweepTimer = undefined;
    if (this.#inFlight > 0) this.#scheduleSweep();
  }

  #judgeSweep(health: InstanceHealth, all: readonly InstanceHealth[], serviceMedianMs: number | undefined, nowMs: number): void {
    const { slow } = this.#settings;
    if (slow && serviceMedianMs !== undefined && health.slowness?.sweep(serviceMedianMs, slow))
      this.#eject(health, 'slow', nowMs);
    const silentSince = this.#stallRule.silentSince(health, nowMs);
    if (silentSince === undefined) return;
    if (all.some((other) => other !== health && other.heardAt > silentSince)) this.#takeOut(health, 'stalled', nowMs);
  }

  #tell(event: AvailabilityEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      (this.#options.logger ?? noopLogger).error('A listener of the availability set threw', { error: messageOf(error) });
    }
  }
}

function healthOf(handle: InstanceHandle): InstanceHealth {
  if (handle instanceof InstanceHealth) return handle;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `Instance "${handle.id}" was not picked from a snapshot of an availability set`);
}

/** The first one is back: the others are asked at once, lest it carries the load of all until their next probes. */
function hurryOutages(wanted: readonly InstanceHealth[]): void {
  for (const { outage, probing } of wanted) if (outage.reason !== undefined) probing.hurry();
}
