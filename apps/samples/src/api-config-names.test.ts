import { createHost, parseConfig, type WeftConfig } from '@weft/host';
import { describe, expect, it } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

/** Every name of the defaults, with its default or an example. */
const EVERY_NAME: WeftConfig = {
  client: {
    timeout: '30s',
    attemptTimeout: '10s',
    retries: 3,
    retryDelay: '25ms',
    maxRetries: 5,
    retryBudget: { ratio: 0.2, minPerSecond: 3 },
    throwOnStatus: false,
    pool: { connections: 50, checkoutTimeout: '5s', idleTimeout: '4s' },
    limits: { responseBytes: 10_485_760 },
    outlier: {
      consecutive: 5,
      baseTime: '30s',
      maxTime: '300s',
      maxRatio: 0.5,
      sweep: '1s',
      stall: '1s',
      slow: { factor: 3, minTime: '100ms' },
    },
  },
  service: {
    id: 'orders-1',
    name: 'orders',
    version: '1.0.0',
    host: '127.0.0.1',
    port: 0,
    advertise: { host: '127.0.0.1' },
    metadata: { region: 'us-west-1' },
    tags: ['canary'],
    zone: 'a',
    weight: 1,
    healthCheck: { path: '/health', interval: '30s', timeout: '5s' },
    drain: { propagation: '100ms', grace: '20s' },
    limits: { bodyBytes: 1_048_576, headerBytes: 16_384 },
    trustedPeers: ['127.0.0.1'],
    requireRegistration: false,
    idempotency: { store: 'memory' },
  },
  registry: {
    driver: 'file',
    timeout: '10s',
    ttl: '30s',
    snapshotFile: './snapshot.json',
    staleAfter: '10s',
    selfPreservation: { minInstances: 2, ratio: 0.15 },
  },
  circuitBreaker: {
    threshold: 5,
    timeout: '30s',
    halfOpen: true,
    mode: 'rate',
    window: '10s',
    minCalls: 20,
    ratio: 0.5,
    slow: { threshold: '1s', ratio: 0.5 },
    probes: 1,
  },
};

describe('the names of the defaults in the public API', () => {
  it('are all known to the config', () => {
    const service = { ...EVERY_NAME.service, tls: { cert: 'PEM', key: 'PEM' } };
    const config = { ...EVERY_NAME, service };
    expect(parseConfig(config)).toEqual(config);
  });

  it('tell the nearest one for a name that is wrong', () => {
    const client = { ...EVERY_NAME.client, retrys: 1 };
    expect(() => parseConfig({ ...EVERY_NAME, client })).toThrow('client.retrys: unknown key. Did you mean "retries"?');
  });

  it('can all be set on a host that runs', async () => {
    const host = await createHost({ ...EVERY_NAME, logging: { level: 'silent' } }, { signals: false });
    await host.start();
    expect(await host.registry.getService('orders')).toMatchObject({
      id: 'orders-1',
      zone: 'a',
      tags: ['canary'],
      metadata: { 'weft-idempotency': 'local' },
    });
    await host.stop();
  });
});
