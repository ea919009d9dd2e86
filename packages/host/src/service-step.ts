import type { Service } from '@weft/service';
import type { Step } from './life-cycle.js';

/** Registering may take the registry's own time. */
const START_MS = 30_000;
/** For closing what is left, and for a busy machine. */
const MARGIN_MS = 5_000;

/** Starts and stops the service of a host. It drains within its own bounds (semantics 24); who waits for it must not be quicker. */
export function serviceStep(service: Service): Step {
  const stopMs = service.longestStopMs + MARGIN_MS;
  return { name: 'the service', start: () => service.start(), stop: () => service.stop(), startMs: START_MS, stopMs };
}
