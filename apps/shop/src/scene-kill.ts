import type { Scene } from './scene.js';
import { rest } from './scene.js';

/** (b) One of three users instances is killed under load. */
export const kill: Scene = {
  name: 'kill -9 of a users instance loses no call',
  async play({ fleet, traffic, say }) {
    const before = traffic.count;
    say('kill -9 users-2');
    const goneMs = await fleet.kill('users-2');
    say(`gone from the registry after ${Math.round(goneMs)} ms`);
    await rest(1_500);
    const after = traffic.count;
    await fleet.start('users', 'users-2');
    say('users-2 is back');
    const failed = after.failed - before.failed;
    return {
      ok: failed === 0,
      detail: `${after.calls - before.calls} calls, ${failed} failed, gone from the registry after ${Math.round(goneMs)} ms`,
    };
  },
};
