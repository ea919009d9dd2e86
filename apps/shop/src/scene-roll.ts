import { FLEET } from './fleet.js';
import type { Scene } from './scene.js';
import { rest } from './scene.js';

/** (f) Both orders instances are replaced, one after the other, under load. */
export const roll: Scene = {
  name: 'a rolling deploy of orders loses no call',
  async play({ fleet, traffic, say }) {
    const before = traffic.count;
    const codes: (number | null)[] = [];
    for (const id of FLEET.orders) {
      say(`${id} is asked to leave`);
      codes.push(await fleet.stop(id));
      say(`${id} left with exit code ${codes.at(-1)}`);
      await fleet.start('orders', id);
      say(`${id} is back as a new process`);
    }
    await rest(1_000);
    const after = traffic.count;
    const failed = after.failed - before.failed;
    return {
      ok: failed === 0 && codes.every((code) => code === 0),
      detail: `${after.calls - before.calls} calls, ${failed} failed, exit codes ${codes.join(' ')}`,
    };
  },
};
