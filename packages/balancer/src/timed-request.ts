import type { InstanceHandle, PickRequest } from '@weft/core';

/** A request of a caller that has just read the clock: reading it again costs more than the pick itself. */
export interface TimedPickRequest extends PickRequest {
  /** The present instant on the balancer's clock, in ms; read by the balancer where it is not given. */
  readonly nowMs?: number | undefined;
}

/** The same request, that avoids whoever `skip` names beside those that were tried. */
export function avoiding(call: TimedPickRequest, skip: (instance: InstanceHandle) => boolean): TimedPickRequest {
  return { key: call.key, nowMs: call.nowMs, skip: (instance) => skip(instance) || call.skip(instance) };
}
