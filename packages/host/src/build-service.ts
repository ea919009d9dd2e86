import type { ServerTransport, Slots } from '@weft/core';
import type { Registry } from '@weft/registry';
import { Service } from '@weft/service';
import { serviceOptionsOf } from './plan-stores.js';
import type { Surroundings } from './surroundings.js';

/** Registries that reach no further than this machine. */
const LOCAL: ReadonlySet<string> = new Set(['memory', 'file']);

/** The service of a system, or none when the config has no such block. @throws WEFT_CONFIG_INVALID */
export function buildService(
  { blueprint, drivers, slots, logger, metrics, tracer }: Surroundings,
  registry: Registry,
): Service | undefined {
  const { config, given, clock, random } = blueprint;
  if (!config.service) return undefined;
  const driver = drivers.find(({ slot }) => slot === 'registry');
  const isLocal = given.registry !== undefined || LOCAL.has(driver?.name ?? '');
  const transports = serverSides(slots.all('transport'));
  const rateLimits = given.rateLimits ?? slots.get('ratelimit');
  const idempotencyStore = slots.get('idempotency');
  const isHttp = config.transport === undefined || transports.length === 0 || slots.all('transport').some(speaksHttp);
  return new Service({
    host: isLocal ? '127.0.0.1' : '0.0.0.0',
    ...serviceOptionsOf(config.service),
    http: isHttp,
    transports,
    registry,
    ...(rateLimits && { rateLimits }),
    ...(idempotencyStore && { idempotencyStore }),
    ...(tracer && { tracer }),
    logger,
    metrics,
    clock,
    random,
  });
}

function serverSides(transports: readonly Slots['transport'][]): ServerTransport[] {
  return transports.flatMap(({ server }) => (server ? [server] : []));
}

/** The server's side of HTTP is in the service itself. */
function speaksHttp({ client }: Slots['transport']): boolean {
  return client?.protocols.includes('http') ?? false;
}
