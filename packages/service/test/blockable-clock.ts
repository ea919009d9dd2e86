import { type VirtualClock, virtualClock } from '@weft/conformance';

/** A virtual clock of a process whose event loop can be blocked. */
export interface BlockableClock extends VirtualClock {
  /** Time goes by, and no timer runs: what is due is late from then on. */
  block(ms: number): void;
}

/** A clock that stands still until it is moved or blocked. */
export function blockableClock(): BlockableClock {
  const clock = virtualClock();
  let blockedMs = 0;
  return {
    ...clock,
    now: () => clock.now() + blockedMs,
    block(ms) {
      blockedMs += ms;
    },
  };
}
