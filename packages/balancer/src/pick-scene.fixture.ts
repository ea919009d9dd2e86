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

/** For tests: a call that has tried nobody. */
export const FIRST_TRY: PickRequest = { skip: () => false };

/** Handles `i0`, `i1` ...; `change` says what is different in their records. */
export function listOf(count: number, change: (at: number) => Partial<ServiceInstance> = () => ({})): InstanceHandle[] {
  return Array.from({ length: count }, (_, at) => handleOf(`i${at}`, change(at)));
}

/** A handle with a record. */
export function handleOf(id: string, change: Partial<ServiceInstance> = {}): InstanceHandle {
  const endpoints = [{ protocol: 'http', port: 8_080 }] as const;
  const always = { name: 'users', host: '127.0.0.1', status: 'up', incarnation: '1', weight: 1 } as const;
  return { id, instance: { id, version: '1.0.0', endpoints, tags: [], metadata: {}, ...always, ...change } };
}

/** A call that has tried these. */
export function tried(...handles: readonly InstanceHandle[]): PickRequest {
  return { skip: (instance) => handles.includes(instance) };
}

/** A pick where somebody has to be picked. */
export function mustPick(balancer: LoadBalancer, from: Snapshot, call: PickRequest = FIRST_TRY): Picked {
  const picked = balancer.pick(from, call);
  if (!picked) throw new Error(`nobody was picked of ${from.length}`);
  return picked;
}

/** Who gets `count` calls that end at once. */
export function callsTo(balancer: LoadBalancer, from: Snapshot, count: number, call?: PickRequest): InstanceHandle[] {
  return Array.from({ length: count }, () => {
    const picked = mustPick(balancer, from, call);
    picked.done({ result: 'ok', durationMs: 0 });
    return picked.instance;
  });
}

/** How many of `picks` each of a list got. */
export function countsOf(picks: readonly InstanceHandle[], from: Snapshot): number[] {
  return from.map((instance) => picks.filter((picked) => picked === instance).length);
}

/** A clock that is set by hand, at once. */
export interface HandClock extends Clock {
  /** The present instant, in ms. */
  nowMs: number;
}

/** A clock at 1 s that sets no timers. */
export function handClock(): HandClock {
  const clock = {
    nowMs: 1_000,
    now: () => clock.nowMs,
    setTimer: () => {
      throw new Error('a balancer sets no timer: nobody closes it');
    },
  };
  return clock;
}

/** Calls that come at random instants, and how they are answered. */
export interface Traffic {
  /** Mean number of calls per second. */
  readonly perSecond: number;
  /** For how long, in ms. */
  readonly forMs: number;
  /** Draws the instants. */
  readonly random: Random;
  /** How an instance answers a call that begins `afterMs` after the first. */
  answerOf(instance: InstanceHandle, afterMs: number): { readonly durationMs: number; readonly result?: Result };
}

/** A call that was made. */
export interface Made {
  readonly instance: InstanceHandle;
  /** When it began, in ms after the first. */
  readonly afterMs: number;
  readonly durationMs: number;
}

/** Makes calls, and gives them back in turn. */
export function makeCalls(balancer: LoadBalancer, from: Snapshot, clock: HandClock, traffic: Traffic): Made[] {
  const { perSecond, forMs, random, answerOf } = traffic;
  const made: Made[] = [];
  const ends: { readonly at: number; run(): void }[] = [];
  const startedAt = clock.nowMs;
  for (let at = startedAt; at < startedAt + forMs; at += (-Math.log(1 - random()) * 1_000) / perSecond) {
    for (let end = ends[0]; end && end.at <= at; end = ends[0]) {
      clock.nowMs = end.at;
      ends.shift();
      end.run();
    }
    clock.nowMs = at;
    const picked = mustPick(balancer, from);
    const { durationMs, result = 'ok' } = answerOf(picked.instance, at - startedAt);
    const end = { at: at + durationMs, run: () => picked.done({ result, durationMs }) };
    const place = ends.findLastIndex((other) => other.at <= end.at);
    ends.splice(place + 1, 0, end);
    made.push({ instance: picked.instance, afterMs: at - startedAt, durationMs });
  }
  for (const end of ends) end.run();
  return made;
}

/** The duration that only one of a hundred calls exceeds, in ms. */
export function p99Of(made: readonly Made[]): number {
  const durations = made.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return durations[Math.floor(durations.length * 0.99)] ?? 0;
}
