import { parseDuration } from '@weft/core';
import type { Registry } from '@weft/registry';
import type { Service } from '@weft/service';
import type { Step } from './life-cycle.js';
import type { ServiceSection } from './service-section.js';

/** Registering may take the registry's own time. */
const START_MS = 30_000;
/** How long a service waits for its record to be gone. */
const WITHDRAW_MS = 2_000;
/** How long it waits for calls in flight, unless the config says. */
const GRACE_MS = 20_000;
/** For closing what is left, and for a busy machine. */
const MARGIN_MS = 5_000;

/** Starts and stops the service of a host. It drains within its own bounds (semantics 24); who waits for it must not be quicker. */
export function serviceStep(service: Service, { drain = {} }: ServiceSection, registry: Registry): Step {
  const propagationMs = msOf(drain.propagation) ?? registry.propagationMs;
  const stopMs = WITHDRAW_MS + propagationMs + (msOf(drain.grace) ?? GRACE_MS) + MARGIN_MS;
  return { name: 'the service', start: () => service.start(), stop: () => service.stop(), startMs: START_MS, stopMs };
}

function msOf(duration: NonNullable<ServiceSection['drain']>['grace']): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
