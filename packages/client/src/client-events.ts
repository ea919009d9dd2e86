import type { BreakerState, WeftError } from '@weft/core';

/** What a client tells, once per change of state. */
export interface ClientEvents {
  /** The registry has not answered for a while; the last list is in use. */
  'discovery.stale': [{ readonly service: string; readonly ageMs: number }];
  'discovery.recovered': [{ readonly service: string }];
  /** An instance is left alone: it cannot be reached, hangs, or answers badly. */
  'instance.ejected': [{ readonly service: string; readonly instance: string; readonly reason: string }];
  'instance.restored': [{ readonly service: string; readonly instance: string }];
  'breaker.state': [{ readonly service: string; readonly state: BreakerState; readonly previous: BreakerState }];
  /** A call by `callAsync` failed and nobody looked. */
  'call.failed': [{ readonly error: WeftError }];
}

/** Tells the listeners of an event. */
export type TellEvent = <Name extends keyof ClientEvents>(event: Name, payload: ClientEvents[Name][0]) => void;
