import { fixedRegistry, instanceRecord, scriptedTransport, seededRandom, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { Registry } from '@weft/registry';
import { describe, expect, it } from 'vitest';
import { Client } from './client.js';

describe('a client whose registry suddenly shows an empty list', () => {
  it('goes on calling the instances that pass a probe on their health path, until those fail too (R40, R41)', async () => {
    const clock = virtualClock();
    const dead = new Set<string>();
    const transport = scriptedTransport(({ instance }) =>
      dead.has(instance.id) ? new WeftError('WEFT_UNAVAILABLE', 'connection refused', { failure: 'refused' }) : {},
    );
    const ids = ['users-1', 'users-2', 'users-3'];
    const driver = fixedRegistry(ids.map((id) => instanceRecord(id, { healthPath: '/health' })));
    const registry = new Registry(driver, { clock, random: seededRandom(7) });
    const client = new Client({ serviceName: 'users', registry, transport, clock, random: seededRandom(7) });
    await clock.advance(0);
    driver.set([]);
    dead.add('users-1');
    await clock.advance(4_000);
    expect(transport.sent.filter(({ path }) => path === '/health').length).toBeGreaterThanOrEqual(5);
    const called = await Promise.all(ids.map(() => client.get('/users/7')));
    expect(new Set(called.map(({ instance }) => instance.id))).toEqual(new Set(['users-2', 'users-3']));
    for (const id of ids) dead.add(id);
    await clock.advance(12_000);
    await expect(client.get('/users/7')).rejects.toMatchObject({ code: 'WEFT_NO_INSTANCE' });
    await Promise.all([client.close(), registry.close()]);
  });
});
