import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from '@weft/registry';
import { openDriver } from './drivers.mjs';
import { openClient } from './followed-services.mjs';
import { LoopMeter } from './loop-meter.mjs';
import { SERVICE } from './records.mjs';

/** After the first list there is a second one: that of the stream. */
const SETTLED_MS = 2_000;

/**
 * The list of a long service: until a client that has never heard of it can pick, and how long nothing else could run.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open(setting) {
  const driver = await openDriver(setting);
  // The connection is there, as in a process that has looked for another service before.
  await driver.list('nobody', { signal: new AbortController().signal });
  const registry = new Registry(driver);
  const client = openClient(registry);
  const measure = async () => {
    const before = process.memoryUsage().rss;
    const meter = new LoopMeter();
    const askedAt = performance.now();
    client.getLoadBalancer(SERVICE);
    const view = registry.view(SERVICE);
    await view.ready(20_000);
    const listedMs = performance.now() - askedAt;
    if (view.instances.length !== setting.calls) throw new Error(`${view.instances.length} of ${setting.calls} are listed`);
    await sleep(SETTLED_MS);
    const { longestMs, longestCpuMs } = meter.stop();
    return { listedMs, longestMs, longestCpuMs, rssMB: (process.memoryUsage().rss - before) / 1e6 };
  };
  return {
    measure,
    close: async () => {
      await client.close();
      await registry.close();
    },
  };
}
