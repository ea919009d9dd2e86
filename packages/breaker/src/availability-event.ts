import type { InstanceHandle } from '@weft/core';

/** Why an instance went out. */
export type EjectionReason = 'unreachable' | 'stalled' | 'bad-answers' | 'slow';

/** A change of who may be called, told once. */
export interface AvailabilityEvent {
  /** An instance went out or came back; rules were given up because too few are left, or are followed again. */
  readonly type: 'ejected' | 'restored' | 'panic' | 'calm';
  /** The instance, for `ejected` and `restored`. */
  readonly instance?: InstanceHandle;
  /** Why, for `ejected`. */
  readonly reason?: EjectionReason;
}
