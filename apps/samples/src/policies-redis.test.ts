import type { Policies } from '@weft/client';
import type { WeftError } from '@weft/core';
import { createConfigClient, createHost, type Host } from '@weft/host';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

/** By when a change is in force, in ms; and five times as much on a busy machine. */
const POLL = { timeout: 5 * 1_000, interval: 20 };

let server: RunningServer;

/** A host on Redis of its own prefix; with a version it is the service `orders`. */
async function startedHost(prefix: string, version?: string): Promise<Host> {
  const backend = { driver: 'redis', address: server.address };
  const host = await createHost(
    {
      ...(version && { service: { name: 'orders', version, drain: { propagation: 0 } } }),
      registry: { ...backend, prefix },
      config: { ...backend, prefix },
      client: { retries: 0, retryDelay: 1, outlier: false },
      circuitBreaker: { threshold: 10_000 },
      logging: { level: 'silent' },
    },
    { signals: false },
  );
  host.service?.addHandler('GET /', () => ({ version }));
  host.service?.addHandler('GET /busy', ({ json }) => json({}, { status: 503 }));
  host.service?.addHandler('GET /broken', ({ json }) => json({}, { status: 500 }));
  onTestFinished(() => host.stop());
  await host.start();
  return host;
}

/** A caller of two instances, and a way to change its policies from elsewhere. */
async function scene(prefix: string) {
  await Promise.all([startedHost(prefix, '1.0.0'), startedHost(prefix, '2.0.0')]);
  const caller = await startedHost(prefix);
  const center = await createConfigClient({ driver: 'redis', address: server.address, prefix });
  onTestFinished(() => center.close());
  const call = (path: string) => caller.client('orders').get(path);
  return {
    change: (policies: Policies) => center.set('policies', policies),
    triesOf: async (path: string) => (await call(path)).attempts.length,
    versionOf: async () => (await call('/')).instance.version,
    codeOf: (path: string) =>
      call(path).then(
        () => undefined,
        ({ code }: WeftError) => code,
      ),
  };
}

describeOn('redis', describe)('a policy that is changed on Redis governs running processes within 1 s', () => {
  beforeAll(async () => {
    server = await startServer('redis');
  });
  afterAll(() => server.stop());

  it('how often calls are tried again', async () => {
    const { change, triesOf } = await scene('retries');
    expect(await triesOf('/busy')).toBe(1);
    await change({ 'orders GET /busy': { retries: 1 } });
    await expect.poll(() => triesOf('/busy'), POLL).toBe(2);
  });

  it('how often they may be made', async () => {
    const { change, codeOf } = await scene('limits');
    for (let call = 0; call < 5; call++) expect(await codeOf('/')).toBeUndefined();
    await change({ orders: { rateLimit: { limit: 1, window: '1m' } } });
    await expect.poll(() => codeOf('/'), POLL).toBe('WEFT_RATE_LIMITED');
  });

  it('how they are split among versions', async () => {
    const { change, versionOf } = await scene('split');
    const versions = async () => [...new Set(await Promise.all([versionOf(), versionOf(), versionOf(), versionOf()]))].sort();
    expect(await versions()).toEqual(['1.0.0', '2.0.0']);
    await change({ orders: { loadBalancer: { strategy: 'round_robin', options: { split: { 1: 0, 2: 1 } } } } });
    await expect.poll(versions, POLL).toEqual(['2.0.0']);
  });

  it('when the breaker opens', async () => {
    const { change, codeOf } = await scene('breaker');
    for (let call = 0; call < 5; call++) expect(await codeOf('/broken')).toBeUndefined();
    await change({ orders: { circuitBreaker: { threshold: 2 } } });
    await expect.poll(() => codeOf('/broken'), POLL).toBe('WEFT_BREAKER_OPEN');
  });
});
