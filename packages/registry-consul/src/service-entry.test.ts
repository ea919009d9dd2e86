import type { ServiceInstance } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { record } from '../test/records.js';
import { entriesOfNodes, isEntry, type ListedCheck, type ServiceEntry, toInstance } from './service-entry.js';
import { toRegistration } from './service-registration.js';

const NODE: ListedCheck = { CheckID: 'serfHealth', Status: 'passing', Notes: '', ServiceID: '' };

/** A record as Consul lists it once it is registered. */
function listed(self: ServiceInstance, prefix = ''): ServiceEntry {
  const { Name, Checks, ...service } = toRegistration(self, 30_000, prefix);
  const checks = Checks.map(({ CheckID, Status, Notes }) => ({ CheckID, Status, Notes, ServiceID: service.ID }));
  return { Node: { Address: '10.0.0.9' }, Service: { ...service, Service: Name }, Checks: [NODE, ...checks] };
}

function changed(entry: ServiceEntry, checkId: string, Status: string): ServiceEntry {
  const Checks = (entry.Checks ?? []).map((check) => (check.CheckID.startsWith(checkId) ? { ...check, Status } : check));
  return { ...entry, Checks };
}

const foreign = (change: object = {}, checks: readonly ListedCheck[] = []): ServiceEntry => ({
  Node: { Address: '10.0.0.9' },
  Service: { ID: 'web-1', Service: 'web', Address: '', Port: 80, Tags: null, Meta: null, ...change },
  Checks: [NODE, ...checks],
});

describe('a record that is registered', () => {
  it.each<[string, Partial<ServiceInstance>]>([
    ['plain', {}],
    ['with everything', { zone: 'eu-1a', healthPath: '/health', weight: 2.5, tags: ['b', 'a', 'b'], metadata: { region: 'eu' } }],
    [
      'with several endpoints',
      {
        endpoints: [
          { protocol: 'rpc', port: 1 },
          { protocol: 'a,b:c', port: 2 },
        ],
      },
    ],
    ['with one endpoint that is not http', { endpoints: [{ protocol: 'grpc', port: 9 }] }],
    ['not ready', { status: 'not-ready' }],
    ['draining', { status: 'draining' }],
    ['of weight 0', { weight: 0 }],
    ['with an odd id and name', { id: 'a/b ä', name: 'shop/orders' }],
    ['with an odd incarnation', { incarnation: 'Ä b' }],
  ])('is listed as it is: %s', (_, change) => {
    expect(toInstance(listed(record(change)), '')).toEqual(record(change));
  });

  it('is listed under its own name when names have a prefix', () => {
    const entry = listed(record(), 'shop/');
    expect(entry.Service.Service).toBe('shop%2Forders');
    expect(toInstance(entry, 'shop/')).toEqual(record());
  });

  it('has gone when its lease has run out, when it has none, and when its node has failed', () => {
    const entry = listed(record());
    expect(toInstance(changed(entry, 'weft-lease', 'critical'), '')).toBeUndefined();
    expect(toInstance({ ...entry, Checks: [NODE] }, '')).toBeUndefined();
    expect(toInstance({ ...entry, Checks: null }, '')).toBeUndefined();
    expect(toInstance(changed(entry, 'serfHealth', 'critical'), '')).toBeUndefined();
  });

  it('is not ready while somebody else says so, and draining when it says that itself', () => {
    const maintenance = { CheckID: '_service_maintenance:orders-1', Status: 'critical', Notes: '', ServiceID: 'orders-1' };
    const within = (status: ServiceInstance['status']) => {
      const entry = listed(record({ status }));
      return toInstance({ ...entry, Checks: [...(entry.Checks ?? []), maintenance] }, '')?.status;
    };
    expect([within('up'), within('not-ready'), within('draining')]).toEqual(['not-ready', 'not-ready', 'draining']);
  });

  it('is out of service for the tools of Consul while it wants no traffic', () => {
    const statuses = (status: ServiceInstance['status']) => toRegistration(record({ status }), 1, '').Checks.map((c) => c.Status);
    expect(statuses('up')).toEqual(['passing']);
    expect(statuses('not-ready')).toEqual(['passing', 'critical']);
    expect(statuses('draining')).toEqual(['passing', 'critical']);
  });

  it('is cleared away by Consul a minute after its lease, or three leases when they are longer', () => {
    const reap = (ttlMs: number) => toRegistration(record(), ttlMs, '').Checks[0]?.DeregisterCriticalServiceAfter;
    expect([reap(1_000), reap(30_000)]).toEqual(['60000ms', '90000ms']);
  });
});

describe('a service of somebody else', () => {
  it('is one http endpoint at the address of its node, older than any of ours', () => {
    expect(toInstance(foreign(), '')).toEqual({
      id: 'web-1',
      name: 'web',
      version: '0.0.0',
      host: '10.0.0.9',
      endpoints: [{ protocol: 'http', port: 80 }],
      status: 'up',
      incarnation: '0-consul',
      weight: 1,
      tags: [],
      metadata: {},
    });
    expect('0-consul' < record().incarnation).toBe(true);
  });

  it('has its own address, tags, metadata, version and weight', () => {
    const given = { Address: 'web.example', Tags: ['v2'], Meta: { version: '2.1', env: 'test' }, Weights: { Passing: 5 } };
    expect(toInstance(foreign(given), '')).toMatchObject({
      host: 'web.example',
      tags: ['v2'],
      version: '2.1',
      weight: 5,
      metadata: given.Meta,
    });
  });

  it.each([
    ['passing', 'up'],
    ['warning', 'up'],
    ['critical', 'not-ready'],
  ])('whose check is %s is %s', (Status, status) => {
    const check = { CheckID: 'http', Status, Notes: '', ServiceID: 'web-1' };
    expect(toInstance(foreign({}, [check]), '')?.status).toBe(status);
  });
});

describe('the nodes of a cluster', () => {
  it('give each service its own checks and those of its node', () => {
    const { Service } = foreign();
    const check = { CheckID: 'http', Status: 'critical', Notes: '', ServiceID: 'web-2' };
    const entries = entriesOfNodes([
      { Address: '10.0.0.9', Services: [Service, { ...Service, ID: 'web-2' }], Checks: [NODE, check] },
      { Address: '10.0.0.8', Services: null, Checks: null },
    ]);
    expect(entries.map(({ Checks }) => Checks?.length)).toEqual([1, 2]);
    expect(entries.map((entry) => toInstance(entry, '')?.status)).toEqual(['up', 'not-ready']);
  });

  it('are passed over where they are none', () => {
    expect([null, 1, {}, { Node: {} }, { Node: { Address: '' }, Service: null }].some(isEntry)).toBe(false);
    expect(entriesOfNodes(JSON.parse('[null, {}, {"Services": [null]}]')).some(isEntry)).toBe(false);
  });
});
