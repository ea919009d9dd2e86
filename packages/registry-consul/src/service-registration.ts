import type { Endpoint, ServiceInstance } from '@weft/core';
import { toMeta } from './consul-meta.js';
import { toConsulId, toConsulName, toPlain } from './consul-names.js';

const MIN_REAP_MS = 60_000;
const REAP_TTLS = 3;
const MAX_WEIGHT = 65_535;
/** A check that nobody reports to: it says what the record says for as long as that is there. */
const FOR_EVER = '87600h';
const LEASE = 'weft-lease';
const STATUS = 'weft-status';

/** A check of a service, as an agent registers it. */
export interface CheckRegistration {
  readonly CheckID: string;
  readonly Name: string;
  /** The incarnation, for a lease. */
  readonly Notes: string;
  readonly TTL: string;
  readonly Status: 'passing' | 'critical';
  readonly DeregisterCriticalServiceAfter?: string;
}

/** A service, as an agent registers it. */
export interface ServiceRegistration {
  readonly ID: string;
  readonly Name: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[];
  readonly Meta: Readonly<Record<string, string>>;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
  readonly Checks: readonly CheckRegistration[];
}

/**
 * An instance as a normal Consul service. Its TTL check is the lease: critical means that nobody asserts the record any
 * more. An instance that wants no traffic has a second check that is critical, so that Consul's own tools leave it alone.
 * @throws WEFT_INVALID_ARGUMENT when its metadata is more than Consul holds
 */
export function toRegistration(self: ServiceInstance, ttlMs: number, prefix: string): ServiceRegistration {
  const name = prefix + self.name;
  const id = toConsulId({ name, id: self.id });
  const [endpoint] = self.endpoints;
  return {
    ID: id,
    Name: toConsulName(name),
    Address: self.host,
    Port: endpoint.port,
    Tags: self.tags,
    Meta: toMeta({ fields: fieldsOf(self, id), metadata: self.metadata }),
    Weights: { Passing: Math.min(MAX_WEIGHT, Math.max(1, Math.round(self.weight))), Warning: 1 },
    Checks: checksOf(self, id, ttlMs),
  };
}

/** The id of the check that is the lease of one incarnation of an instance. */
export function leaseIdOf(consulId: string, incarnation: string): string {
  return `${LEASE}:${consulId}:${toPlain(incarnation)}`;
}

/** Whether a check is the lease of an instance, of whatever incarnation. */
export function isLease(checkId: string): boolean {
  return checkId.startsWith(`${LEASE}:`);
}

/** Whether a check says what the record says itself. */
export function isOwnStatus(checkId: string): boolean {
  return checkId.startsWith(`${STATUS}:`);
}

/** `http:8080,rpc:9090`. */
function formatEndpoints(endpoints: readonly Endpoint[]): string {
  return endpoints.map(({ protocol, port }) => `${encodeURIComponent(protocol)}:${port}`).join(',');
}

function checksOf(self: ServiceInstance, id: string, ttlMs: number): readonly CheckRegistration[] {
  const lease: CheckRegistration = {
    CheckID: leaseIdOf(id, self.incarnation),
    Name: 'weft lease',
    Notes: self.incarnation,
    TTL: `${ttlMs}ms`,
    Status: 'passing',
    DeregisterCriticalServiceAfter: `${Math.max(MIN_REAP_MS, REAP_TTLS * ttlMs)}ms`,
  };
  if (self.status === 'up') return [lease];
  const Notes = `The instance is ${self.status} and wants no traffic`;
  return [lease, { CheckID: `${STATUS}:${id}`, Name: 'weft status', Notes, TTL: FOR_EVER, Status: 'critical' }];
}

function fieldsOf(self: ServiceInstance, consulId: string): Readonly<Record<string, string>> {
  const { id, version, incarnation, status, weight, zone, healthPath, endpoints } = self;
  const [first] = endpoints;
  return {
    version,
    incarnation,
    ...(id !== consulId && { id }),
    ...(status !== 'up' && { status }),
    ...(weight !== 1 && { weight: String(weight) }),
    ...(zone !== undefined && { zone }),
    ...(healthPath !== undefined && { 'health-path': healthPath }),
    ...((endpoints.length > 1 || first.protocol !== 'http') && { endpoints: formatEndpoints(endpoints) }),
  };
}
