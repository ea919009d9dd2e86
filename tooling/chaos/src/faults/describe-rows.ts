import { describeOn } from '@weft-tooling/servers';
import { describe, it } from 'vitest';
import type { BackendName } from './backend.js';
import { meansOf, startBackend } from './backends.js';
import { backendsOf, type FaultRow, type FaultStage, isWanted } from './fault-row.js';
import { Measure } from './measure.js';
import { timing } from './timing.js';

/** Defines a test per row that this run does on `backend`; without the server they are skipped, and the title says why. */
export function describeRows(backend: BackendName, rows: readonly FaultRow[]): void {
  const { WEFT_FAULTS_ROWS: ids, WEFT_FAULTS_PART: part } = process.env;
  const own = rows.filter((row) => isWanted(row, { ids, part }) && backendsOf(row, timing.mode).includes(backend));
  describeOn(meansOf(backend).server, describe)(`faults of ${backend} (${timing.mode})`, () => {
    for (const row of own) {
      const timeoutMs = Math.max(row.timeoutMs ?? 0, timing.pick(180_000, 300_000));
      it(`${row.id} on ${backend}: ${row.title}`, { timeout: timeoutMs }, () => runRow(row, backend));
    }
  });
}

/** One row on a fresh server. @throws what the row does */
async function runRow(row: FaultRow, name: BackendName): Promise<void> {
  const measure = new Measure(row, name, timing);
  const backend = await startBackend(name, row.backend);
  const closers: (() => unknown)[] = [];
  const stage: FaultStage = {
    backend,
    timing,
    atEnd: (close) => closers.push(close),
    detected: (ms) => measure.detected(ms),
    recovered: (ms) => measure.recovered(ms),
    figure: (key, value) => measure.figure(key, value),
  };
  try {
    await row.run(stage);
    measure.assertMeasured();
    await measure.keep();
  } catch (error) {
    await measure.keep(error);
    throw error;
  } finally {
    for (const close of closers.reverse()) await close();
    await backend.stop();
  }
}
