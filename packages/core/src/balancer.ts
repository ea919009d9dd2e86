import type { InstanceHandle, Snapshot } from './instance.js';

/** How an attempt is judged: 5xx and wire failures are `failed`; cancel, 4xx and local refusals are `ignored`. */
export type Result = 'ok' | 'failed' | 'ignored';

/** What is told when an attempt is over. */
export interface Outcome {
  /** How it is judged. */
  readonly result: Result;
  /** How long it took, in ms. */
  readonly durationMs: number;
  /** Ms for which the instance asked to be left alone (429, or 503 with `Retry-After`); 0 when it did not say how long. */
  readonly pushbackMs?: number | undefined;
}

/** What a balancer may know of the call it picks for. */
export interface PickRequest {
  /** Calls with the same key go to the same instance, for strategies that hash. */
  readonly key?: string | undefined;
  /** The instant of the pick on the client's clock, for strategies that look at time: then they need not read it again. */
  readonly nowMs?: number | undefined;
  /** True for instances that this call has tried: avoided while others are left, not forbidden. */
  skip(instance: InstanceHandle): boolean;
}

/** The chosen instance. */
export interface Picked {
  /** Where the attempt goes. */
  readonly instance: InstanceHandle;
  /** Called exactly once when the attempt is over, also on abort and throw. */
  done(outcome: Outcome): void;
}

/** A strategy. Anything dear is built once per snapshot, never per pick. */
export interface LoadBalancer {
  /** The strategy's name, as in a config. */
  readonly strategy: string;
  /** One of `from`; undefined only when none of `from` may be called: it is empty, all weights are 0, or a filter leaves nobody. */
  pick(from: Snapshot, call: PickRequest): Picked | undefined;
}
