import type { Policies } from '@weft/client';
import type { ConfigClient } from '@weft/config';
import type { WeftError } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createConfigClient } from './create-config-client.js';
import { createHost } from './create-host.js';
import type { Host } from './host.js';
import type { WeftConfig } from './weft-config.js';

/** By when a change is in force, in ms. */
const LIMIT_MS = 1_000;

let app: TemporaryApp;
let config: WeftConfig;
let center: ConfigClient;
const hosts: Host[] = [];

async function started(more: WeftConfig, version?: string): Promise<Host> {
  const service = version === undefined ? {} : { service: { name: 'orders', version, drain: { propagation: 0 } } };
  const host = await createHost({ ...config, ...service, ...more }, { from: app.folder, folder: app.folder, signals: false });
  host.service?.addHandler('GET /', () => ({ version }));
  host.service?.addHandler('GET /busy', ({ json }) => json(null, { status: 503 }));
  host.service?.addHandler('GET /broken', ({ json }) => json(null, { status: 500 }));
  hosts.push(host);
  await host.start();
  return host;
}

/** What becomes of a call: its tries and who answered, or its code. */
async function outcomeOf(host: Host, path = '/'): Promise<unknown> {
  const call = host.client('orders').get<{ version: string }>(path);
  return call.then(
    ({ attempts, instance }) => ({ tries: attempts.length, version: instance.version }),
    (error: WeftError) => error.code,
  );
}

/** Sets policies from elsewhere, and waits until calls end as expected. */
async function change(policies: Policies, outcome: () => Promise<unknown>, expected: unknown): Promise<void> {
  await center.set('policies', policies);
  await vi.waitFor(async () => expect(await outcome()).toEqual(expected), { timeout: LIMIT_MS, interval: 20 });
}

describe.each(['file', 'memory'])('policies in the config center %s', (driver) => {
  beforeEach(async () => {
    app = await temporaryApp({}, [
      '@weft/registry-file',
      '@weft/registry-memory',
      '@weft/config-file',
      '@weft/config-memory',
      '@weft/transport-http',
    ]);
    const place = driver === 'file' ? { driver, path: app.folder } : { driver, address: app.folder };
    config = {
      registry: place,
      config: place,
      logging: { level: 'silent' },
      client: { retryDelay: 1, retries: 0, outlier: false },
      circuitBreaker: false,
    };
    center = await createConfigClient(place, { from: app.folder });
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
    await center.close();
    await app.remove();
  });

  it('set how often calls of running processes are tried again, and give that back when they go', async () => {
    await started({}, '1.0.0');
    await started({}, '1.0.0');
    const caller = await started({});
    const tries = () => outcomeOf(caller, '/busy');
    expect(await tries()).toMatchObject({ tries: 1 });
    await change({ 'orders GET /busy': { retries: 1 } }, tries, { tries: 2, version: '1.0.0' });
    await center.remove('policies');
    await vi.waitFor(async () => expect(await tries()).toMatchObject({ tries: 1 }), { timeout: LIMIT_MS });
  });

  it('set how often they call', async () => {
    await started({}, '1.0.0');
    const caller = await started({});
    for (let n = 0; n < 5; n++) await outcomeOf(caller);
    await change({ orders: { rateLimit: { limit: 1, window: '1m' } } }, () => outcomeOf(caller), 'WEFT_RATE_LIMITED');
  });

  it('set how they split their calls among versions', async () => {
    await started({}, '1.0.0');
    await started({}, '2.0.0');
    const caller = await started({});
    const versions = async () => {
      const calls = [1, 2, 3, 4].map(() => outcomeOf(caller));
      return new Set((await Promise.all(calls)).map((one) => (one as { version: string }).version));
    };
    expect(await versions()).toEqual(new Set(['1.0.0', '2.0.0']));
    const only = (split: Record<string, number>) => ({
      orders: { loadBalancer: { strategy: 'round_robin', options: { split } } },
    });
    await change(only({ 1: 0, 2: 1 }), versions, new Set(['2.0.0']));
    await change(only({ 1: 1, 2: 0 }), versions, new Set(['1.0.0']));
  });

  it('set when their breakers open', async () => {
    await started({}, '1.0.0');
    const caller = await started({ circuitBreaker: { threshold: 10_000 } });
    for (let n = 0; n < 5; n++) expect(await outcomeOf(caller, '/broken')).toMatchObject({ tries: 1 });
    await change({ orders: { circuitBreaker: { threshold: 2 } } }, () => outcomeOf(caller, '/broken'), 'WEFT_BREAKER_OPEN');
  });

  it("stand over the file's, one by one, and are refused as a whole when one is bad", async () => {
    await started({}, '1.0.0');
    await started({}, '1.0.0');
    const policies = { 'orders GET /busy': { retries: 1 }, 'orders GET /broken': { rateLimit: { limit: 1, window: '1m' } } };
    const caller = await started({ policies });
    const rejected: string[] = [];
    caller.config.on('rejected', ({ key, reason }) => rejected.push(`${key} ${reason}`));
    expect(await outcomeOf(caller, '/busy')).toMatchObject({ tries: 2 });
    await change({ 'orders GET /busy': { retries: 0 } }, () => outcomeOf(caller, '/busy'), { tries: 1, version: '1.0.0' });
    await center.set('policies', { 'orders GET /busy': { retries: 1 }, orders: { retrys: 1 } });
    await vi.waitFor(() => expect(rejected).toHaveLength(1), { timeout: LIMIT_MS });
    expect(rejected[0]).toMatch(/^policies .*policies.*\["orders"\]\.retrys: .*Did you mean "retries"\?$/);
    expect(await outcomeOf(caller, '/busy')).toMatchObject({ tries: 1 });
    await outcomeOf(caller, '/broken');
    expect(await outcomeOf(caller, '/broken')).toBe('WEFT_RATE_LIMITED');
  });
});
