import { setTimeout as rest } from 'node:timers/promises';
import type { Backend } from './backend.js';
import { EVERYWHERE } from './everywhere.js';
import { type FaultRow, faultRow } from './fault-row.js';
import { activeHandles, leftBehind } from './left-behind.js';
import { timing } from './timing.js';
import { until } from './until.js';

type Fault = (backend: Backend) => Promise<void> | void;
/** The proxy would hold sockets of its own in this process: the server itself is what fails. */
const FAULTS: Readonly<Record<string, Fault>> = {
  well: () => {},
  dead: ({ server }) => server.kill(),
  frozen: ({ server }) => server.pause(),
};

/** Closing gives everything back, whatever state the server is in. */
export const nothingLeft: FaultRow = faultRow({
  id: 'nothing-left',
  title: 'close() ends within 4 s and leaves no handle behind, with the server well, dead or frozen',
  bounds: { recoverMs: 4_000 },
  on: EVERYWHERE,
  async run({ backend, atEnd, recovered }) {
    atEnd(() => backend.server.resume());
    for (const [state, make] of Object.entries(FAULTS)) {
      const before = activeHandles();
      const [registry, config] = await Promise.all([backend.openRegistry(), backend.openConfig()]);
      await registry.register({ name: 'things', id: `things-${state}`, port: 4_001 });
      const view = registry.view('things');
      await view.ready(timing.timeoutMs);
      void config.watch('limits', { default: 0 }).next();
      await make(backend);
      await rest(500);
      const startedAt = performance.now();
      await Promise.all([registry.close(), config.close()]);
      recovered(performance.now() - startedAt);
      backend.server.resume();
      const left = () => leftBehind(before, activeHandles());
      await until(
        `nothing is left (${state})`,
        3_000,
        () => left().length === 0,
        () => left().join(', '),
      );
      if (state === 'dead') await backend.server.start();
    }
  },
});
