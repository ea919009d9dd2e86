import { virtualClock } from '@weft/conformance';
import type { RegistryDriver } from '@weft/core';
import { Registry } from '@weft/registry';
import { describeOn, type ServerCluster, startConsulCluster } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { follow, record, signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

const soon = { timeout: 10_000, interval: 50 };
const ttlMs = 30_000;

describeOn('consul', describe)('a cluster of three Consul servers', () => {
  let cluster: ServerCluster;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    cluster = await startConsulCluster(3);
  });
  afterEach(() => Promise.all(opened.splice(0).map((driver) => driver.close())));
  afterAll(() => cluster?.stop());

  async function open(...agents: readonly number[]): Promise<RegistryDriver> {
    const address = agents.map((at) => cluster.servers[at]?.address ?? '');
    const driver = await openConsulRegistry({ address, timeout: '3s' });
    opened.push(driver);
    return driver;
  }

  async function members(): Promise<{ leader: number; followers: readonly number[] }> {
    const leader = cluster.servers.indexOf(await cluster.leader());
    return { leader, followers: [0, 1, 2].filter((at) => at !== leader) };
  }

  it('shows at each agent what is registered at any', async () => {
    const drivers = [await open(0), await open(1), await open(2)];
    for (const [at, driver] of drivers.entries()) await driver.put(record({ id: `orders-${at}` }), { ttlMs, signal });
    for (const driver of drivers) {
      await vi.waitFor(async () => expect(await driver.list('orders', { signal })).toHaveLength(3), soon);
    }
  });

  it('gives an id to the newer of two claimants at different agents, and tells the older one', async () => {
    const clock = virtualClock();
    const [older, newer] = [
      record({ name: 'twin', id: 'twin-1', incarnation: '0a' }),
      record({ name: 'twin', id: 'twin-1', incarnation: '0b' }),
    ];
    const first = await openConsulRegistry({ address: cluster.servers[0]?.address }, { clock });
    opened.push(first);
    const second = await open(1);
    await first.put(older, { ttlMs, signal });
    await second.put(newer, { ttlMs, signal });
    await vi.waitFor(async () => expect(await second.list('twin', { signal })).toEqual([newer]), soon);
    const third = await open(2);
    await expect(third.put(older, { ttlMs, signal })).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
    await clock.advance(61_000);
    await expect(first.put(older, { ttlMs, signal })).rejects.toMatchObject({ code: 'WEFT_CONFLICT' });
  });

  it('goes to the next agent when one is killed: beats register anew there, watches go on', async () => {
    const { leader, followers } = await members();
    const [victim = 0, other = 0] = followers;
    const driver = await open(victim, other);
    const moved = record({ name: 'moved', id: 'moved-1' });
    await driver.put(moved, { ttlMs: 2_000, signal });
    const reader = await open(leader);
    await cluster.servers[victim]?.kill();
    await driver.put(moved, { ttlMs, signal });
    expect(await driver.list('moved', { signal })).toEqual([moved]);
    await vi.waitFor(async () => expect(await reader.list('moved', { signal })).toEqual([moved]), soon);
    await cluster.servers[victim]?.start();
  });

  it('has an instance at the next agent within seconds when its own is killed, and not only with the next beat', async () => {
    const { followers } = await members();
    const [victim = 0, other = 0] = followers;
    const registry = new Registry(await open(victim, other), { ttl: '60s' });
    opened.push(registry);
    await registry.register({ name: 'hurried', id: 'hurried-1', host: '10.0.0.1', port: 1 });
    const services = async () => {
      const response = await fetch(`http://${cluster.servers[other]?.address}/v1/agent/services`);
      return Object.values((await response.json()) as Record<string, { Service: string }>).map(({ Service }) => Service);
    };
    expect(await services()).not.toContain('hurried');
    await cluster.servers[victim]?.kill();
    await vi.waitFor(async () => expect(await services()).toContain('hurried'), soon);
    await cluster.servers[victim]?.start();
  });

  it('finds soon that the agent of a watch is frozen, and does not wait for it again', async () => {
    const { followers } = await members();
    const [victim = 0, other = 0] = followers;
    const driver = await open(victim, other);
    const seen = follow(driver, 'frozen');
    await vi.waitFor(() => expect(seen.events).toHaveLength(1), soon);
    await cluster.servers[victim]?.pause();
    try {
      // Within 4.5 s, and the query itself would be held for 8 s.
      const silent = { code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'timeout' };
      await vi.waitFor(() => expect(seen.failures).toMatchObject([silent]), { ...soon, timeout: 6_500 });
      expect(await driver.list('frozen', { signal })).toEqual([]);
    } finally {
      cluster.servers[victim]?.resume();
    }
    await seen.end();
  });

  it('takes a list from a server without a leader only while it has none: no quorum, no news', async () => {
    const { leader, followers } = await members();
    const [left = 0, second = 0] = followers;
    const driver = await open(left);
    const quorum = record({ name: 'quorum', id: 'quorum-1' });
    await vi.waitFor(() => driver.put(quorum, { ttlMs: 120_000, signal }), { ...soon, timeout: 20_000 });
    await vi.waitFor(async () => expect(await driver.list('quorum', { signal })).toHaveLength(1), soon);
    const seen = follow(driver, 'quorum');
    await vi.waitFor(() => expect(seen.events).toHaveLength(1), soon);
    await Promise.all([leader, second].map((at) => cluster.servers[at]?.kill()));
    const unavailable = { code: 'WEFT_REGISTRY_UNAVAILABLE' };
    await vi.waitFor(() => expect(seen.failures).toMatchObject([unavailable]), { ...soon, timeout: 20_000 });
    expect(seen.failures[0]).not.toHaveProperty('failure');
    expect(seen.events).toHaveLength(1);
    await expect(driver.list('quorum', { signal })).rejects.toMatchObject(unavailable);
    const newcomer = await open(left);
    expect(await newcomer.list('quorum', { signal })).toHaveLength(1);
    await Promise.all([leader, second].map((at) => cluster.servers[at]?.start()));
    await vi.waitFor(async () => expect(await driver.list('quorum', { signal })).toHaveLength(1), { ...soon, timeout: 20_000 });
  });
});
