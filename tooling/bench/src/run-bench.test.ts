import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Area } from './area.mjs';
import { parseBenchOptions } from './bench-options.mjs';
import { p6 } from './p6.mjs';
import { controlOf } from './run-area.mjs';
import { userAnswer } from './user-answer.mjs';

const script = fileURLToPath(new URL('./run-bench.mjs', import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One round of a few calls: it says that all of it runs and answers rightly, and nothing about speed. */
async function smoke(choice: string) {
  const file = join(folder, `${choice}.json`);
  const { stdout } = await run(process.execPath, [
    script,
    choice,
    '--rounds',
    '1',
    '--calls',
    '5',
    '--seed',
    '7',
    '--report',
    file,
  ]);
  return { table: stdout, report: JSON.parse(readFileSync(file, 'utf8')) };
}

function variantsOf(area: Area): string[] {
  return [...area.variants.map(({ name }) => name), controlOf(area)];
}

function labelOf({ label }: { readonly label: string }): string {
  return label;
}

describe('npm run bench', () => {
  it.each(['p1', 'p3', 'p4', 'growth'])('runs every variant of %s and reports it', { timeout: 180_000 }, async (choice) => {
    const { table, report } = await smoke(choice);
    const areas = parseBenchOptions([choice]).areas.filter((area) => 'floor' in area);
    expect(report).toMatchObject({ rounds: 1, calls: 5, seed: 7, packages: { undici: expect.stringMatching(/^\d/) } });
    expect(report.areas.map(({ name }: Area) => name)).toEqual(areas.map(({ name }) => name));
    for (const [index, area] of areas.entries()) {
      const { variants, rounds, firstAnswers } = report.areas[index];
      expect(variants.map(({ name }: { name: string }) => name)).toEqual(variantsOf(area));
      expect(Object.keys(rounds[0]).sort()).toEqual(variantsOf(area).sort());
      for (const name of variantsOf(area)) {
        expect(firstAnswers[name], `first answer of ${name}`).toEqual(userAnswer('7'));
        expect(table).toContain(name);
      }
    }
  });

  it('runs every variant of p6 whose server is there, and says which is not', { timeout: 240_000 }, async () => {
    const { table, report } = await smoke('p6');
    const [{ figures, rounds, skipped }] = report.areas;
    for (const { name } of p6.variants) {
      expect(table).toContain(name);
      expect(Object.keys({ ...rounds[0], ...skipped }), name).toContain(name);
    }
    const beats = figures.filter(({ label }: { label: string }) => label === 'told to a watcher');
    for (const beat of beats) expect(beat, beat.variant).toMatchObject({ low: 0, verdict: 'met' });
  });

  it.each(['picks', 'gray', 'overload', 'pushback', 'telemetry'])(
    'runs every variant of %s and reports it',
    { timeout: 120_000 },
    async (choice) => {
      const { table, report } = await smoke(choice);
      const areas = parseBenchOptions([choice]).areas.flatMap((area) => ('floor' in area ? [] : [area]));
      for (const [index, { variants }] of areas.entries()) {
        const { figures } = report.areas[index];
        for (const { name, figures: wanted } of variants) {
          expect(table).toContain(name);
          const labels = figures.filter(({ variant }: { variant: string }) => variant === name).map(labelOf);
          expect(labels, name).toEqual(wanted.map(labelOf));
        }
      }
    },
  );

  it('refuses an area that there is not, and says which there are', async () => {
    const known = 'Known: p1, p3, p4, p6, picks, gray, overload, pushback, telemetry, growth';
    const refused = run(process.execPath, [script, 'p9']);
    await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(known) });
  });

  it('tells what the time went to when asked to profile', { timeout: 60_000 }, async () => {
    const { stdout } = await run(process.execPath, [script, 'growth', '--rounds', '1', '--calls', '5', '--profile']);
    expect(stdout).toContain('1000 routes spends its time in');
  });
});
