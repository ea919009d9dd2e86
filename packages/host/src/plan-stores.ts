import type { ServiceOptions } from '@weft/service';
import type { DriverRequest } from './load-drivers.js';
import type { ServiceSection } from './service-section.js';
import { splitBlock } from './split-block.js';
import type { WeftConfig } from './weft-config.js';

/** What is in the parts that use it, and no driver's word. */
const BUILT_IN = 'memory';
/** Keys of `service.idempotency` that the service reads itself. */
const IDEMPOTENCY_KEYS: readonly string[] = ['store', 'ttl', 'lease'];

/** The store that limits are counted in, when that is not the process itself. */
export function rateLimitRequest({ rateLimit }: WeftConfig): DriverRequest[] {
  const { driver = BUILT_IN, from, own, rest } = splitBlock(rateLimit, ['enabled']);
  if (own.enabled === false || (driver === BUILT_IN && from === undefined)) return [];
  return [{ slot: 'ratelimit', path: 'rateLimit', word: driver, from, options: rest, hostKeys: ['driver', 'from', 'enabled'] }];
}

/** The keys of the `rateLimit` block that nobody reads, because it names no driver. */
export function strayRateLimitKeys({ rateLimit }: WeftConfig): readonly string[] {
  const { driver = BUILT_IN, from, rest } = splitBlock(rateLimit, ['enabled']);
  return driver === BUILT_IN && from === undefined ? Object.keys(rest) : [];
}

/** The store that the service's answers are kept in, when that is not the process itself. */
export function idempotencyRequest({ service }: WeftConfig): DriverRequest[] {
  const { store = BUILT_IN, from, options } = idempotencyOf(service);
  if (typeof store !== 'string' || (store === BUILT_IN && from === undefined)) return [];
  const hostKeys = [...IDEMPOTENCY_KEYS, 'from'];
  return [{ slot: 'idempotency', path: 'service.idempotency', word: store, from, options, hostKeys }];
}

/** The service's options out of its block: without what belongs to a driver. */
export function serviceOptionsOf(service: ServiceSection): ServiceOptions {
  const { idempotency, ...options } = service;
  if (idempotency === undefined || idempotencyRequest({ service }).length === 0) return service as ServiceOptions;
  const { own } = idempotencyOf(service);
  return { ...options, idempotency: own };
}

function idempotencyOf(service: ServiceSection | undefined) {
  const { idempotency } = service ?? {};
  const block = typeof idempotency === 'object' && idempotency !== null ? idempotency : {};
  const { from, own, rest } = splitBlock(block as Readonly<Record<string, unknown>>, IDEMPOTENCY_KEYS);
  const { store, ...words } = own;
  return { store, from, own: words, options: rest };
}
