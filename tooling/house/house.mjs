import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as measure from './measures.mjs';
import { readSources } from './sources.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Our column of the 21-point table: what is measured, what we aim at, whether it is reached.
 * @returns {{ point: string, ours: string, bar: string, ok: boolean, gaps: string[] }[]}
 */
function rows() {
  const all = readSources(root);
  const sources = all.filter(({ isTest }) => !isTest);
  const suiteLines = sum(sources.filter((source) => source.package === 'conformance').map(measure.linesOf));
  const testLines = sum(all.filter(({ isTest }) => isTest).map(measure.linesOf)) + suiteLines;
  const core = sources.filter((source) => source.package === 'core');
  const contracts = core.filter(({ path }) => !AROUND.test(path));
  const contractLines = sum(contracts.map(measure.codeLinesOf));
  const contractMax = Math.max(...contracts.map(measure.codeLinesOf));
  const coreLines = sum(core.map(measure.codeLinesOf));
  const coreManifest = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
  const files = measure.spread(sources.map(measure.linesOf));
  const lengths = measure.functionLengths(sources);
  const functions = measure.spread(lengths.map(({ lines }) => lines));
  const comments = Math.round((100 * sum(sources.map(measure.commentLinesOf))) / sum(sources.map(measure.linesOf)));
  const symbols = measure.exportedSymbols(sources);
  const members = measure.contractMembers(core);
  const times = measure.timesWithoutUnit(sources);
  const examples = measure.firstExamples(root);
  const deep = sources.filter(({ path }) => path.split('/').length > 5);
  const entries = sources.filter(({ path }) => path.endsWith('src/index.ts'));
  const busy = entries.filter(({ tree }) => tree.statements.some((node) => !/^(?:export|import)\b/.test(node.getText())));
  const ratio = testLines / (sum(sources.map(measure.linesOf)) - suiteLines);
  const suites = sources
    .filter(({ path }) => /conformance\/src\/[a-z]+-suite\.ts$/.test(path))
    .map(({ path }) => path.split('/').at(-1));
  const late = examples.filter(({ line }) => line === 0 || line > 10);
  return [
    row(
      '1 lines of the core contract',
      `${contractLines} (all of core ${coreLines}), one file ${contractMax}`,
      '<= 400, one file per slot <= 80',
      contractLines <= 400 && contractMax <= 80,
    ),
    row('2 runtime deps of core', `${Object.keys(coreManifest.dependencies ?? {}).length}`, '0', !coreManifest.dependencies),
    row(
      '5 source file med/p90/max',
      `${files.median}/${files.p90}/${files.max}`,
      '<= 80 / <= 200 / <= 300',
      files.median <= 80 && files.p90 <= 200 && files.max <= 300,
    ),
    row(
      '6 function p90/longest',
      `${functions.p90}/${functions.max}`,
      '<= 25 / <= 60',
      functions.p90 <= 25 && functions.max <= 60,
      lengths.filter(({ lines }) => lines > 60).map(({ lines, where }) => `${where} has ${lines} lines`),
    ),
    row('7 comment lines', `${comments}%`, '15-30%', comments >= 15 && comments <= 30),
    row(
      '8 exported symbols documented',
      percent(symbols.total - symbols.missing.length, symbols.total),
      '100%',
      symbols.missing.length === 0,
      symbols.missing,
    ),
    row(
      '9 contract members documented',
      percent(members.documented, members.total),
      '100%',
      members.documented === members.total,
    ),
    row(
      '10 durations that state a unit',
      `${times.total - times.unclear.length} of ${times.total}`,
      'all',
      times.unclear.length === 0,
      times.unclear,
    ),
    row(
      '11 contract methods whose doc names errors',
      `${members.naming} of ${members.promising}`,
      'all',
      members.naming === members.promising,
    ),
    row(
      '13 first example in README, line',
      `${Math.max(...examples.map(({ line }) => line))} at the latest`,
      '<= 10',
      late.length === 0,
      late.map(({ name }) => name),
    ),
    row(
      '14 folder depth under src',
      deep.length === 0 ? '<= 1' : '> 1',
      '<= 1',
      deep.length === 0,
      deep.map(({ path }) => path),
    ),
    row(
      '17 entry files that only re-export',
      `${entries.length - busy.length} of ${entries.length}`,
      'all',
      busy.length === 0,
      busy.map(({ path }) => path),
    ),
    row('18 suites shared between drivers', suites.join(' '), 'published, by capability', suites.length >= 5),
    row('19 test lines : source lines, suites as tests', ratio.toFixed(2), '~ 1.5', ratio >= 0.7),
  ];
}

/** What core holds beside the contracts. */
const AROUND = /\/(?:errors|clock|tell|index)\.ts$|\/core\/src\/options\//;

/** Points that another command measures, each time it runs. */
const ELSEWHERE = [
  ['3 files outside its folder to add a driver', '0: tooling/new-driver proves it in npm test'],
  ['4 files to touch in all', '<= 6: the scaffold of tooling/new-driver'],
  ['12 error model', '1 class + code + retryable + ambiguous, brand; codes and ERRORS.md compared in npm test'],
  ['15 import cycles', '0: npm run check -- lint'],
  ['16 imports one way between packages', 'npm run check -- layers'],
  ['20 first middleware is', 'outermost, stated on core’s Middleware'],
  ['21 package checks', 'npm run check: publint, attw, layers, README code, knip'],
];

/**
 * @param {string} point
 * @param {string} ours
 * @param {string} bar
 * @param {boolean} ok
 * @param {string[]} [gaps]
 */
function row(point, ours, bar, ok, gaps = []) {
  return { point, ours, bar, ok, gaps };
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * @param {number} part
 * @param {number} whole
 */
function percent(part, whole) {
  return `${part} of ${whole} (${Math.floor((100 * part) / whole)}%)`;
}

const table = rows();
for (const { point, ours, bar, ok, gaps } of table) {
  console.log(`${ok ? 'ok ' : 'GAP'}  ${point.padEnd(44)} ${ours.padEnd(24)} bar: ${bar}`);
  for (const gap of gaps.slice(0, 10)) console.log(`       ${gap}`);
}
for (const [point = '', where = ''] of ELSEWHERE) console.log(`     ${point.padEnd(44)} ${where}`);
