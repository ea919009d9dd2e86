import type { InstanceStatus } from '@weft/core';
import type { StopReport } from './stop-report.js';

/** What a service tells, by event. */
export interface ServiceEvents {
  /** It serves, and is registered or about to be. */
  started: [];
  /** It begins to leave: readiness is false, what runs goes on. */
  draining: [];
  /** Everything is given back; what took how long. */
  stopped: [StopReport];
  /** Its health checks, or an event loop that was blocked, changed what it wants: `up` or `not-ready`. */
  status: [InstanceStatus];
}
