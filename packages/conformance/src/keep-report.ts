import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WeftError } from '@weft/core';
import { type ConformanceReport, isComplete, reportsAsJson, reportsAsMarkdown } from './conformance-report.js';

const BETWEEN = /(<!-- conformance -->\n)[\s\S]*?(<!-- \/conformance -->)/;
const REPORT_FILE = 'conformance.json';
const HOW = 'run the tests with WEFT_CONFORMANCE=write';

/**
 * Writes the reports of a package into its folder: `conformance.json`, and as Markdown between the markers
 * `<!-- conformance -->` and `<!-- /conformance -->` of its README.md.
 * @returns the files that changed
 * @throws WEFT_INVALID_ARGUMENT when a report is not complete, because only some of its tests ran
 */
export function writeReport(reports: readonly ConformanceReport[], folder: string | URL): readonly string[] {
  const partial = reports.find((report) => !isComplete(report));
  if (partial) throw new WeftError('WEFT_INVALID_ARGUMENT', `not all tests of "${partial.subject}" ran: nothing is written`);
  const changed = filesOf(reports, pathOf(folder)).filter(({ text, kept }) => text !== kept);
  for (const { file, text } of changed) writeFileSync(file, text);
  return changed.map(({ file }) => file);
}

/**
 * Keeps the reports that a package shows true: called when its tests are over, it fails when what is written differs from
 * what was seen. With `WEFT_CONFORMANCE=write` in the environment it writes them. A run of some tests, one with failures and
 * a package without a written report are left alone.
 * @throws WEFT_CONFLICT when the written report is out of date
 */
export function keepReport(reports: readonly ConformanceReport[], folder: string | URL): void {
  if (process.env.WEFT_CONFORMANCE === 'write') {
    writeReport(reports, folder);
    return;
  }
  const isWhole = reports.every((report) => isComplete(report) && !report.cases.some(({ outcome }) => outcome === 'failed'));
  if (!isWhole || !existsSync(join(pathOf(folder), REPORT_FILE))) return;
  const stale = filesOf(reports, pathOf(folder)).find(({ text, kept }) => text !== kept);
  if (stale) throw new WeftError('WEFT_CONFLICT', `${stale.file} does not say what the tests saw: ${HOW}`);
}

interface ReportFile {
  readonly file: string;
  /** As it should be. */
  readonly text: string;
  /** As it is. */
  readonly kept: string | undefined;
}

function filesOf(reports: readonly ConformanceReport[], folder: string): readonly ReportFile[] {
  const [json, readme] = [join(folder, REPORT_FILE), join(folder, 'README.md')];
  const prose = read(readme);
  const markdown = reportsAsMarkdown(reports);
  const marked = prose?.replace(BETWEEN, (_, start: string, end: string) => `${start}${markdown}${end}`);
  return [
    { file: json, text: reportsAsJson(reports), kept: read(json) },
    ...(marked === undefined ? [] : [{ file: readme, text: marked, kept: prose }]),
  ];
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function pathOf(folder: string | URL): string {
  return folder instanceof URL ? fileURLToPath(folder) : folder;
}
