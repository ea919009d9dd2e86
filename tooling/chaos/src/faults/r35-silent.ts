import { instanceRecord } from '@weft/conformance';
import { expect } from 'vitest';
import { faultRow } from './fault-row.js';
import { timing } from './timing.js';
import { until } from './until.js';

/** The registry is frozen: connected, silent. */
export const r35 = faultRow({
  id: 'R35',
  title: 'SIGSTOP of the registry: every operation ends by its timeout, and works again afterwards',
  bounds: { detectMs: timing.timeoutMs + 500, recoverMs: 4_000 },
  async run(stage) {
    const { backend } = stage;
    const registry = await backend.openRegistry();
    const config = await backend.openConfig();
    const drivers = { registry: await backend.openRegistryDriver(), config: await backend.openConfigDriver() };
    const record = instanceRecord('a', { name: 'things' });
    const { signal } = new AbortController();
    await registry.register({ name: 'things', id: 'there', port: 1 });
    await config.set('there', 1);
    const operations: Readonly<Record<string, () => Promise<unknown>>> = {
      'registry.register': () => registry.register({ name: 'things', id: 'late', port: 2 }),
      'registry.getServices': () => registry.getServices('unknown'),
      'registry.listServices': () => registry.listServices(),
      'registry.deregister by id': () => registry.deregister('there-not'),
      'config.get': () => config.get('unknown'),
      'config.set': () => config.set('there', 2),
      'config.list': () => config.list(),
      'driver.put': () => drivers.registry.put(record, { ttlMs: timing.ttlMs, signal }),
      'driver.remove': () => drivers.registry.remove(record, { signal }),
      'driver.list': () => drivers.registry.list('things', { signal }),
      'config driver.get': () => drivers.config.get('config/there', { signal }),
      'config driver.set': () => drivers.config.set('config/there', '3', { signal }),
      'config driver.list': () => drivers.config.list('config', { signal }),
      'config driver.remove': () => drivers.config.remove('config/there', { signal }),
    };
    await backend.server.pause();
    const times = await Promise.all(
      Object.entries(operations).map(async ([name, run]) => [name, await msToFail(name, run)] as const),
    );
    backend.server.resume();
    for (const [, ms] of times) stage.detected(ms);
    const resumedAt = performance.now();
    await until('the registry works', 30_000, () => registry.register({ name: 'things', id: 'again', port: 3 }));
    await until('the config center works', 30_000, () => config.set('there', 4).then(() => true));
    stage.recovered(performance.now() - resumedAt);
    expect(await config.get('there')).toBe(4);
  },
});

/** Ms until an operation is refused as unavailable. */
async function msToFail(name: string, run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await expect(run(), name).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
  return performance.now() - startedAt;
}
