import { Registry } from '@weft/registry';
import { heapInUse } from '../collect-garbage.mjs';
import { openClient } from './followed-services.mjs';
import { records, serviceName } from './records.mjs';
import { StreamingDriver } from './streaming-driver.mjs';

/** Instances of each service. */
const EACH = 100;

/**
 * What a registry holds in memory when it follows services of 100 instances each; `options.isFollowed` says whether a client
 * calls them all, too.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options }) {
  const services = Math.ceil(calls / EACH);
  let each = 0;
  const driver = new StreamingDriver((name) => records(Number(name.split('-')[1]), each));
  const registry = new Registry(driver, { selfPreservation: false });
  const client = options.isFollowed ? openClient(registry) : undefined;

  const measure = async () => {
    // Code and tables that are made once do not count.
    await registry.view('warm-up').ready(1_000);
    const atFirst = await heapInUse();
    const views = Array.from({ length: services }, (_, index) => registry.view(serviceName(index)));
    for (let index = 0; index < services; index++) client?.getLoadBalancer(serviceName(index));
    await Promise.all(views.map((view) => view.ready(10_000)));
    const empty = await heapInUse();
    each = EACH;
    for (let index = 0; index < services; index++) {
      const name = serviceName(index);
      driver.push(name, { list: records(index, EACH) });
      if (index % 50 === 0) await new Promise(setImmediate);
    }
    await new Promise(setImmediate);
    const held = views.reduce((sum, view) => sum + view.instances.length, 0);
    if (held !== services * EACH) throw new Error(`${held} instances are held`);
    const read = await heapInUse();
    return {
      allMB: (read - atFirst) / 1e6,
      perServiceBytes: (empty - atFirst) / services,
      perInstanceBytes: (read - empty) / held,
    };
  };
  return {
    measure,
    close: async () => {
      await client?.close();
      await registry.close();
    },
  };
}
