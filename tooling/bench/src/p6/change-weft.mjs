import { Registry } from '@weft/registry';
import { openDriver } from './drivers.mjs';
import { numbered, SERVICE } from './records.mjs';
import { TimedChanges } from './timed-changes.mjs';

const PUT = { ttlMs: 30_000, signal: new AbortController().signal };

/**
 * A changed record is put by one registry, and seen in the view of another: what a balancer picks from.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open(setting) {
  const [writer, driver] = await Promise.all([openDriver(setting), openDriver(setting)]);
  const put = (/** @type {number} */ number) => writer.put(numbered(number), PUT);
  await put(0);
  const registry = new Registry(driver);
  const view = registry.view(SERVICE);
  const changes = new TimedChanges();
  view.onChange(() => changes.seen(Number(view.instances[0]?.metadata.change)));
  if (!(await view.ready(5_000))) throw new Error('the first list did not come');
  return {
    measure: () => changes.make({ calls: setting.calls, perSecond: setting.options.perSecond, change: put }),
    close: async () => {
      await registry.close();
      await writer.close();
    },
  };
}
