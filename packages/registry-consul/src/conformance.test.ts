import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { record, signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

describeOn('consul', describe)('registry-consul on consul', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('consul', { data: 'disk' });
  });
  afterAll(() => server?.stop());

  /** An agent that has just started takes seconds until it tells its catalog of a lease that runs out. */
  async function restart(empty: boolean): Promise<void> {
    await server.restart({ empty });
    const driver = await openConsulRegistry({ address: server.address });
    await driver.put(record({ id: 'settled-1', name: 'settled' }), { ttlMs: 50, signal });
    const isGone = async () => expect(await driver.list('settled', { signal })).toEqual([]);
    await vi.waitFor(isGone, { timeout: 30_000, interval: 50 });
    await driver.close();
  }

  const report = registrySuite(
    { describe, it },
    {
      name: 'registry-consul',
      open: () => openConsulRegistry({ address: server.address }),
      supervise: superviseDriver,
      restart: () => restart(false),
      wipe: () => restart(true),
    },
  );

  afterAll(() => keepReport([report], new URL('..', import.meta.url)));
});
