import type { RunningServer } from '@weft-tooling/servers';
import { untilAllListed } from './all-listed.js';
import type { Scene } from './scene.js';
import { rest } from './scene.js';
import { changeDiscount, writeFirstSettings } from './shop-settings.js';

/** (n) The server is restarted and has forgotten everything: every process registers again by itself. */
export function emptied(server: RunningServer): Scene {
  return {
    name: `${server.name} is restarted empty: no call is lost, all instances come back by themselves`,
    async play(stage) {
      const { traffic, say } = stage;
      const before = traffic.count;
      await server.restart({ empty: true });
      say(`${server.name} was restarted and knows nobody`);
      const listedMs = await untilAllListed(stage);
      say(`it lists all six after ${listedMs} ms; nobody told them`);
      await writeFirstSettings(stage);
      const changedMs = await changeDiscount(stage, 40);
      say(`the settings are written anew, and in force after ${changedMs} ms`);
      await rest(2_000);
      const after = traffic.count;
      const failed = after.failed - before.failed;
      return {
        ok: failed === 0 && listedMs !== undefined && changedMs !== undefined,
        detail: `${after.calls - before.calls} calls, ${failed} failed, all six listed again after ${listedMs} ms, settings written anew in force after ${changedMs} ms`,
      };
    },
  };
}
