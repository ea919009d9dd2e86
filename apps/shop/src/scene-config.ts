import { createClient } from '@weft/host';
import type { Scene } from './scene.js';
import { until } from './scene.js';

interface Shown {
  readonly database: { readonly password: string };
  readonly shop: { readonly banner: string; readonly discountPercent: number };
  readonly refused: readonly string[];
}

/** (e) A value changes in running processes; a bad one is refused, and the last good one stays. */
export const configuration: Scene = {
  name: 'config changes live, a bad value is refused',
  async play({ registry, config, say }) {
    const gateway = await createClient({ serviceName: 'gateway', registry });
    const shown = async () => (await gateway.get<Shown>('/config')).data;
    const startedAt = performance.now();
    await config.set('shop', { banner: 'Sale', discountPercent: 20 });
    const changed = await until(async () => (await shown()).shop.discountPercent === 20, 5_000);
    const afterMs = Math.round(performance.now() - startedAt);
    say(`discount is 20 % after ${afterMs} ms, no restart`);
    const refusedBefore = (await shown()).refused.length;
    await config.set('shop', { banner: 'Oops', discountPercent: 'all of it' });
    const refused = await until(async () => (await shown()).refused.length > refusedBefore, 5_000);
    const after = await shown();
    const kept = after.shop.discountPercent === 20 && after.shop.banner === 'Sale';
    const hidden = after.database.password === '[redacted]';
    say(`a bad value was refused: ${after.refused.at(-1)}`);
    await gateway.close();
    return {
      ok: changed && refused && kept && hidden,
      detail: `in force after ${afterMs} ms; bad value refused: ${refused}, last good kept: ${kept}, password hidden: ${hidden}`,
    };
  },
};
