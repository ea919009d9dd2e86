import type { RunningServer } from '@weft-tooling/servers';
import { untilAllListed } from './all-listed.js';
import type { Scene } from './scene.js';
import { rest } from './scene.js';
import { changeDiscount } from './shop-settings.js';

const OUTAGE_MS = 10_000;

/** (m) The server is killed under load, and comes back after a while with what it held. */
export function outage(server: RunningServer): Scene {
  return {
    name: `${server.name} is killed for ${OUTAGE_MS / 1_000} s: no call is lost`,
    async play(stage) {
      const { traffic, say } = stage;
      const before = traffic.count;
      say(`kill -9 ${server.name}`);
      await server.kill();
      await rest(OUTAGE_MS);
      const during = traffic.count;
      await server.start();
      say(`${server.name} runs again, with what it held; ${during.calls - before.calls} calls were made without it`);
      const listedMs = await untilAllListed(stage);
      say(`it lists all six after ${listedMs} ms`);
      const changedMs = await changeDiscount(stage, 30);
      say(`a change of the config is in force after ${changedMs} ms`);
      const failed = traffic.count.failed - before.failed;
      return {
        ok: failed === 0 && listedMs !== undefined && changedMs !== undefined,
        detail: `${during.calls - before.calls} calls without it, ${failed} failed, all six listed ${listedMs} ms after its return, a new setting in force after ${changedMs} ms`,
      };
    },
  };
}
