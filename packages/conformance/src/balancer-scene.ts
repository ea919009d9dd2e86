import assert from 'node:assert/strict';
import type {
  Clock,
  InstanceHandle,
  LoadBalancer,
  Picked,
  PickRequest,
  Random,
  Result,
  ServiceInstance,
  Snapshot,
} from '@weft/core';
import { instanceRecord } from './fixed-registry.js';
import { seededRandom, type VirtualClock, virtualClock } from './virtual-clock.js';

/** The seed of every scene; stands in each failure that chance has a part in. */
export const SEED = 69;

/** A call that has tried nobody. */
export const firstTry: PickRequest = { skip: () => false };

/** Parts of the contract that a strategy may not be about. */
export interface BalancerFeatures {
  /** Instances that are alike get alike many calls. */
  readonly evenShares: boolean;
  /** The weights of the records count; 0 = drained. */
  readonly weights: boolean;
  /** Calls in flight, their age and failures count. */
  readonly load: boolean;
  /** How long calls take counts: slow instances get fewer. */
  readonly latency: boolean;
  /** An instance that comes, or comes back, gets less than its share at first and all of it after 10 s. */
  readonly warmUp: boolean;
  /** Calls with the same key go to the same instance. */
  readonly keys: boolean;
  /** Calls in flight are bounded: of a key that everybody wants at once some go to other instances. */
  readonly bounds: boolean;
}

/** One sentence of the contract. */
export interface BalancerCase {
  /** The sentence. */
  readonly name: string;
  /** What a strategy must be about for it; `wrap` when it is something that is put around strategies. */
  readonly needs?: keyof BalancerFeatures | 'wrap';
  /** Rejects when it is not true. */
  run(scene: BalancerScene): Promise<void> | void;
}

/** How the suite wants a balancer: with time and randomness given. */
export interface BalancerSuiteOptions {
  /** The clock that the suite moves. */
  readonly clock: Clock;
  /** Seeded. */
  readonly random: Random;
}

/** Makes a fresh balancer. */
export type CreateBalancer = (options: BalancerSuiteOptions) => LoadBalancer;

/** Puts what is tested around the balancers that `create` makes. */
export type WrapBalancer = (create: () => LoadBalancer, options: BalancerSuiteOptions) => LoadBalancer;

/** What one sentence of the contract is told on: a fresh balancer, and the time that it sees. */
export class BalancerScene {
  /** Moves when the sentence says so. */
  readonly clock: VirtualClock = virtualClock();
  /** Fresh. */
  readonly balancer: LoadBalancer;

  constructor(
    private readonly create: CreateBalancer,
    /** The name it must have, if that is known. */
    readonly strategy: string | undefined,
    private readonly wrap?: WrapBalancer | undefined,
  ) {
    this.balancer = this.another();
  }

  /** A second balancer with the same clock and seed that knows nothing of the first. */
  another(): LoadBalancer {
    return this.create({ clock: this.clock, random: seededRandom(SEED) });
  }

  /** What is tested, around balancers that the sentence listens to. */
  around(create: () => LoadBalancer): LoadBalancer {
    assert.ok(this.wrap, 'it is put around nothing');
    return this.wrap(create, { clock: this.clock, random: seededRandom(SEED) });
  }

  /** Picks from a list that has somebody to be picked. */
  pick(from: Snapshot, call: PickRequest = firstTry): Picked {
    const picked = this.balancer.pick(from, call);
    assert.ok(picked, `nobody was picked of ${from.length}`);
    assert.ok(from.includes(picked.instance), 'what was picked is none of the handles of the list');
    return picked;
  }

  /** Makes calls that end at once, and gives back who got them, in turn. */
  calls(count: number, from: Snapshot, call: PickRequest = firstTry, result: Result = 'ok'): InstanceHandle[] {
    return Array.from({ length: count }, () => {
      const { instance, ...picked } = this.begin(from, call);
      picked.end(result);
      return instance;
    });
  }

  /** Begins a call; `end` ends it after the time that has passed on the clock. */
  begin(from: Snapshot, call: PickRequest = firstTry): { readonly instance: InstanceHandle; end(result: Result): void } {
    const startedAt = this.clock.now();
    const picked = this.pick(from, call);
    return {
      instance: picked.instance,
      end: (result) => picked.done({ result, durationMs: this.clock.now() - startedAt }),
    };
  }
}

/** How an instance answers: after so many ms, and how that is judged. */
export interface Answer {
  /** From 0. */
  readonly afterMs: number;
  /** `ok` unless set. */
  readonly result?: Result;
}

/** What is sent in `traffic`, and how it is answered. */
export interface Traffic {
  /** Between two calls, in ms. */
  readonly everyMs: number;
  /** For how long, in ms. */
  readonly forMs: number;
  /** How an instance answers. */
  answerOf(instance: InstanceHandle): Answer;
}

/** Sends calls that take their time, and gives back who got them, in turn. */
export async function traffic(
  scene: BalancerScene,
  from: Snapshot,
  { everyMs, forMs, answerOf }: Traffic,
): Promise<InstanceHandle[]> {
  const picks: InstanceHandle[] = [];
  for (let sent = 0; sent < forMs / everyMs; sent++) {
    const { instance, end } = scene.begin(from);
    const { afterMs, result = 'ok' } = answerOf(instance);
    scene.clock.setTimer(afterMs, () => end(result));
    picks.push(instance);
    await scene.clock.advance(everyMs);
  }
  return picks;
}

/** A handle with a record. */
export function handle(id: string, change: Partial<ServiceInstance> = {}): InstanceHandle {
  return { id, instance: instanceRecord(id, change) };
}

/** An immutable list of handles that are alike, as a client passes it: `a`, `b`, `c` ... */
export function alike(count: number): Snapshot {
  return Object.freeze(Array.from({ length: count }, (_, at) => handle(at < 26 ? String.fromCharCode(97 + at) : `i${at}`)));
}

/** A call that has tried these. */
export function tried(...handles: readonly InstanceHandle[]): PickRequest {
  return { skip: (instance) => handles.includes(instance) };
}

/** How many times each of a list stands in `picks`. */
export function countsOf(picks: readonly InstanceHandle[], from: Snapshot): number[] {
  return from.map((instance) => picks.filter((picked) => picked === instance).length);
}
