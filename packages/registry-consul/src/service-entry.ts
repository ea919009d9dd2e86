import type { Endpoint, InstanceStatus, ServiceInstance } from '@weft/core';
import { fromMeta, type RecordFacts } from './consul-meta.js';
import { fromConsulName } from './consul-names.js';
import { isOwnStatus, leaseIdOf } from './service-registration.js';

const NODE_HEALTH = 'serfHealth';
/** Sorts below every incarnation of ours: an instance of Weft that takes the id over wins. */
const FOREIGN_INCARNATION = '0-consul';

/** A check of a service or of its node, as Consul lists it. */
export interface ListedCheck {
  readonly CheckID: string;
  readonly Status: string;
  readonly Notes: string;
  readonly ServiceID: string;
}

/** A service, as Consul lists it. */
export interface ListedService {
  readonly ID: string;
  readonly Service: string;
  readonly Kind?: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[] | null;
  readonly Meta: Readonly<Record<string, string>> | null;
  readonly Weights?: { readonly Passing: number };
}

/** One service on one node with its checks. */
export interface ServiceEntry {
  readonly Node: { readonly Address: string };
  readonly Service: ListedService;
  readonly Checks: readonly ListedCheck[] | null;
}

/** A node with all that is on it, as Consul's own user interface lists it. */
export interface NodeEntry {
  readonly Address: string;
  readonly Services: readonly ListedService[] | null;
  readonly Checks: readonly ListedCheck[] | null;
}

/** The services of nodes, each with its own checks and those of its node. */
export function entriesOfNodes(nodes: readonly NodeEntry[]): ServiceEntry[] {
  return nodes.flatMap((node) => {
    const { Address, Services, Checks } = node ?? {};
    const checks = new Map<string, ListedCheck[]>();
    for (const check of Checks ?? []) checks.set(check.ServiceID, [...(checks.get(check.ServiceID) ?? []), check]);
    const checksOf = (id: string | undefined = '?') => checks.get(id) ?? [];
    return (Services ?? []).map((Service) => ({
      Node: { Address },
      Service,
      Checks: [...checksOf(''), ...checksOf(Service?.ID)],
    }));
  });
}

/** Whether something that was listed has at least the form of an entry. */
export function isEntry(value: unknown): value is ServiceEntry {
  const { Node, Service } = (value ?? {}) as Partial<ServiceEntry>;
  return typeof Node?.Address === 'string' && typeof Service?.ID === 'string' && typeof Service.Service === 'string';
}

/**
 * The instance that an entry of Consul is; undefined for one of ours whose lease has run out or whose node has failed. A
 * service that Weft has not registered is `not-ready` while one of its checks is critical.
 */
export function toInstance({ Node, Service, Checks }: ServiceEntry, prefix: string): ServiceInstance | undefined {
  const facts = fromMeta(Service.Meta ?? {});
  const checks = Checks ?? [];
  if (facts && !isAsserted(Service, facts, checks)) return undefined;
  const isOut = checks.some(({ Status, CheckID }) => Status === 'critical' && !isOwnStatus(CheckID));
  return {
    name: fromConsulName(Service.Service).slice(prefix.length),
    host: Service.Address || Node.Address,
    tags: Service.Tags ?? [],
    ...(facts ? own(Service, facts, isOut) : foreign(Service, isOut)),
  };
}

function isAsserted({ ID }: ListedService, { fields }: RecordFacts, checks: readonly ListedCheck[]): boolean {
  const lease = leaseIdOf(ID, fields.incarnation ?? '');
  const isAlive = checks.some(({ CheckID, Status }) => CheckID === lease && Status !== 'critical');
  return isAlive && !checks.some(({ CheckID, Status }) => CheckID === NODE_HEALTH && Status === 'critical');
}

type Described = Omit<ServiceInstance, 'name' | 'host' | 'tags'>;

function own({ ID, Port }: ListedService, { fields, metadata }: RecordFacts, isOut: boolean): Described {
  const { id = ID, version = '0.0.0', incarnation = '', status = 'up', weight = '1', zone, endpoints } = fields;
  const healthPath = fields['health-path'];
  return {
    id,
    version,
    incarnation,
    endpoints: endpoints === undefined ? [{ protocol: 'http', port: Port }] : parseEndpoints(endpoints),
    // What is no status is passed on as it is, for the reader to refuse.
    status: isOut && status === 'up' ? 'not-ready' : (status as InstanceStatus),
    weight: Number(weight),
    ...(zone !== undefined && { zone }),
    ...(healthPath !== undefined && { healthPath }),
    metadata,
  };
}

function foreign({ ID, Port, Meta, Weights }: ListedService, isOut: boolean): Described {
  const metadata = Meta ?? {};
  return {
    id: ID,
    version: metadata.version ?? '0.0.0',
    incarnation: FOREIGN_INCARNATION,
    endpoints: [{ protocol: 'http', port: Port }],
    status: isOut ? 'not-ready' : 'up',
    weight: Weights?.Passing ?? 1,
    metadata,
  };
}

function parseEndpoints(text: string): readonly [Endpoint, ...Endpoint[]] {
  const [first = '', ...others] = text.split(',');
  return [parseEndpoint(first), ...others.map(parseEndpoint)];
}

function parseEndpoint(text: string): Endpoint {
  const [protocol = '', port] = text.split(':');
  return { protocol: decoded(protocol), port: Number(port) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
