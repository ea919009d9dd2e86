import { noopLogger, systemClock } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { signal } from '../test/records.js';
import driver, { consulRegistryOptions } from './index.js';

const host = {
  get: () => expect.fail('it needs no other slot'),
  clock: systemClock,
  folder: '/no/where',
  logger: noopLogger,
  signal,
};

describe('the options of registry/consul', () => {
  it('are those of the connection and a prefix, and nothing else', () => {
    const tls = { ca: 'ca.pem', cert: 'a.pem', key: 'a.key', serverName: 'consul' };
    const options = { address: 'a:1,b:2', token: 't', datacenter: 'dc2', namespace: 'n', prefix: 'team-', tls };
    expect(consulRegistryOptions.parse(options)).toEqual(options);
    expect(consulRegistryOptions.parse({})).toEqual({});
    for (const bad of [
      { adress: 'a' },
      { address: [] },
      { address: 8500 },
      { address: 'x:99999' },
      { token: '' },
      { tls: { cafile: 'x' } },
      { ttl: 1 },
    ]) {
      expect(consulRegistryOptions.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });
});

describe('the driver registry/consul', () => {
  it('is the driver "consul" of the slot "registry"', () => {
    expect(driver).toMatchObject({ contract: 1, slot: 'registry', name: 'consul', options: consulRegistryOptions });
  });

  it('opens while Consul is away, holds to the timeout of its block, and is closed by stop', async () => {
    const { value, stop } = await driver.open({ address: '127.0.0.1:1' }, { ...host, timeoutMs: 300 });
    expect(value.supports).toEqual({ propagationMs: 2_000, ttlGranularityMs: 10, minTtlMs: 1_000, multiProcess: true });
    await expect(value.list('orders', { signal })).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      failure: 'refused',
    });
    await stop?.(signal);
    await stop?.(signal);
    await expect(value.list('orders', { signal })).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('looks for TLS files in the folder of its block', async () => {
    await expect(driver.open({ tls: { ca: 'ca.pem' } }, host)).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      message: expect.stringMatching(/registry\.tls\.ca.*no.where/s),
    });
  });
});
