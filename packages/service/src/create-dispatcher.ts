import { noopLogger, systemClock, systemRandom } from '@weft/core';
import { createTracer } from '@weft/tracing';
import { Admission } from './admission.js';
import { Dispatcher } from './dispatcher.js';
import { Idempotent } from './idempotent.js';
import { RequestLimit } from './request-limit.js';
import type { ServerFacts } from './request-span.js';
import type { RouteTable } from './route-table.js';
import type { ServiceMonitor } from './service-monitor.js';
import type { ServiceParts } from './service-parts.js';
import type { ServiceSettings } from './service-settings.js';
import { TrustedPeers } from './trusted-peers.js';
import { WorkPlaces } from './work-places.js';

/** The way of the requests of a service, with the protections that its settings ask for and no others. */
export function createDispatcher(
  settings: ServiceSettings,
  parts: ServiceParts,
  routes: RouteTable,
  { monitor, server }: { readonly monitor: ServiceMonitor; readonly server: ServerFacts },
): Dispatcher {
  const { clock = systemClock, random = systemRandom, logger: log = noopLogger, tracer } = parts;
  const { overload, rateLimit, concurrency, idempotency } = settings.protection;
  const service = settings.name;
  const trustedPeers = new TrustedPeers(settings.trustedPeers);
  const limit = rateLimit && new RequestLimit({ service, ...rateLimit, store: parts.rateLimits, clock, log });
  return new Dispatcher({
    routes,
    around: {
      clock,
      random,
      log,
      tracer,
      fallbackTracer: tracer ?? createTracer({ serviceName: service, random }),
      trustedPeers,
      server,
    },
    bodyLimitBytes: settings.limits.bodyBytes,
    strictVersions: settings.strictVersions,
    monitor: parts.metrics && monitor,
    admission: overload || limit ? new Admission({ overload, limit, trustedPeers, clock, log }) : undefined,
    idempotent: idempotency && new Idempotent({ service, ...idempotency, clock, log }),
    places: concurrency && new WorkPlaces({ ...concurrency, clock, random }),
  });
}
