import type { InstanceStatus } from '@weft/core';

/** What a service tells, by event. */
export interface ServiceEvents {
  /** It serves, and is registered or about to be. */
  started: [];
  /** It begins to leave: readiness is false, what runs goes on. */
  draining: [];
  /** Everything is given back. */
  stopped: [];
  /** Its health checks changed what it wants: `up` or `not-ready`. */
  status: [InstanceStatus];
}
