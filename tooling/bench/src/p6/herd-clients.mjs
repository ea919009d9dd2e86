import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from '@weft/registry';
import { openDriver } from './drivers.mjs';
import { SERVICE } from './records.mjs';

const PATIENCE_MS = 10_000;

/**
 * Clients, one for each of `options.addresses` of the same server, that follow the only service: they are ready when all
 * have heard of its change 0, and `measure` waits until all have heard of change 1.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server, options }) {
  const { addresses } = /** @type {{ addresses: readonly string[] }} */ (options);
  const registries = await Promise.all(addresses.map(async (address) => new Registry(await openDriver({ server, address }))));
  const views = registries.map((registry) => registry.view(SERVICE));
  await seenByAll(views, 0);
  return {
    measure: async () => {
      await seenByAll(views, 1);
      return {};
    },
    close: async () => {
      await Promise.all(registries.map((registry) => registry.close()));
    },
  };
}

/**
 * @param {readonly import('@weft/registry').ServiceView[]} views
 * @param {number} change
 */
async function seenByAll(views, change) {
  const untilAt = performance.now() + PATIENCE_MS;
  const isBlind = (/** @type {typeof views[number]} */ { instances }) =>
    !instances.some(({ metadata }) => metadata.change === String(change));
  for (let blind = views.filter(isBlind); blind.length > 0; blind = blind.filter(isBlind)) {
    if (performance.now() > untilAt) throw new Error(`${blind.length} of ${views.length} have not heard of change ${change}`);
    await sleep(5);
  }
}
