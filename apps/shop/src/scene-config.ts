import type { Scene } from './scene.js';
import { until } from './scene.js';
import { changeDiscount, shownSettings } from './shop-settings.js';

/** (e) A value changes in running processes; a bad one is refused, and the last good one stays. */
export const configuration: Scene = {
  name: 'config changes live, a bad value is refused',
  async play(stage) {
    const { config, say } = stage;
    const afterMs = await changeDiscount(stage, 20);
    say(`discount is 20 % after ${afterMs} ms, no restart`);
    const refusedBefore = (await shownSettings(stage)).refused.length;
    await config.set('shop', { banner: 'Oops', discountPercent: 'all of it' });
    const refused = await until(async () => (await shownSettings(stage)).refused.length > refusedBefore, 5_000);
    const after = await shownSettings(stage);
    const kept = after.shop.discountPercent === 20 && after.shop.banner === 'Sale';
    const hidden = after.database?.password === '[redacted]';
    say(`a bad value was refused: ${after.refused.at(-1)}`);
    return {
      ok: afterMs !== undefined && refused && kept && hidden,
      detail: `in force after ${afterMs} ms; bad value refused: ${refused}, last good kept: ${kept}, password hidden: ${hidden}`,
    };
  },
};
