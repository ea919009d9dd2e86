import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConformanceCase, type ConformanceReport, keepReport, writeReport } from './index.js';

const works: ConformanceCase = { group: 'a part', name: 'works', level: 'core', outcome: 'passed' };
const heals: ConformanceCase = { group: 'faults', name: 'heals', level: 'extended', outcome: 'not offered', needs: 'wipe' };
const report = (...cases: ConformanceCase[]): ConformanceReport => ({
  suite: 'registry',
  subject: 'registry-x',
  cases,
  notOffered: ['wipe'],
});
const README = '# x\n\n<!-- conformance -->\nold\n<!-- /conformance -->\n\nend\n';

let folder = '';
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

beforeEach(() => {
  vi.stubEnv('WEFT_CONFORMANCE', '');
  folder = mkdtempSync(join(tmpdir(), 'weft-report-'));
  writeFileSync(join(folder, 'README.md'), README);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('writeReport', () => {
  it('writes each sentence with its outcome by level, as JSON', () => {
    expect(writeReport([report(works, heals)], folder)).toHaveLength(2);
    expect(JSON.parse(textOf('conformance.json'))).toEqual([
      {
        suite: 'registry',
        subject: 'registry-x',
        core: { 'a part: works': 'passed' },
        extended: { 'faults: heals': 'not offered' },
      },
    ]);
  });

  it('writes what passed, and what did not and why, between the markers of the README', () => {
    writeReport([report(works, heals, { ...works, name: 'breaks', outcome: 'failed' })], folder);
    expect(textOf('README.md').split('\n').slice(2, -3)).toEqual([
      '<!-- conformance -->',
      '| suite | subject | core | extended | not offered |',
      '| --- | --- | --- | --- | --- |',
      '| `registry` | `registry-x` | 1 of 2 | 0 of 1 | `wipe` |',
      '',
      '- failed by `registry-x`: a part: breaks',
      '<!-- /conformance -->',
    ]);
  });

  it('changes nothing when nothing has changed', () => {
    writeReport([report(works)], folder);
    expect(writeReport([report(works)], folder)).toEqual([]);
  });

  it('refuses a report of tests of which some did not run', () => {
    expect(() => writeReport([report(works, { ...heals, outcome: 'not run' })], folder)).toThrow(/not all tests of "registry-x"/);
    expect(textOf('README.md')).toBe(README);
  });
});

describe('keepReport', () => {
  it('fails when the written report says something else than the tests saw', () => {
    writeReport([report(works)], folder);
    keepReport([report(works)], folder);
    expect(() => keepReport([report(works, heals)], folder)).toThrow(/conformance.json does not say .* WEFT_CONFORMANCE=write/);
    writeFileSync(join(folder, 'README.md'), textOf('README.md').replace('1 of 1', '2 of 2'));
    expect(() => keepReport([report(works)], folder)).toThrow(/README.md does not say/);
  });

  it('says nothing about a run of some tests, a run with failures, and a package that has written none', () => {
    keepReport([report(works)], folder);
    writeReport([report(works)], folder);
    for (const outcome of ['not run', 'failed'] as const) keepReport([report({ ...works, outcome })], folder);
    expect(textOf('conformance.json')).toContain('passed');
  });

  it('writes the report when WEFT_CONFORMANCE is "write"', () => {
    vi.stubEnv('WEFT_CONFORMANCE', 'write');
    keepReport([report(works)], folder);
    expect(textOf('README.md')).toContain('1 of 1');
  });
});
