import type { Metrics } from '@weft/core';
import type { ClientEvents } from './client-events.js';

const OPENNESS = { closed: 0, 'half-open': 0.5, open: 1 } as const;

/** Counts what a client tells: `client.ejections` by reason, and the gauge `client.breaker.open` (0, 0.5 half-open, 1). */
export function countEvent<Name extends keyof ClientEvents>(metrics: Metrics, event: Name, payload: ClientEvents[Name][0]): void {
  if (event === 'instance.ejected') {
    const { service, reason } = payload as ClientEvents['instance.ejected'][0];
    metrics.increment('client.ejections', { target_service: service, reason });
  } else if (event === 'breaker.state') {
    const { service, state } = payload as ClientEvents['breaker.state'][0];
    metrics.gauge('client.breaker.open', OPENNESS[state], { target_service: service });
  }
}
