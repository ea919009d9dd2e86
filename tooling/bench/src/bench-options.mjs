import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { gray } from './gray.mjs';
import { instances, routes } from './growth.mjs';
import { overload } from './overload.mjs';
import { p1 } from './p1.mjs';
import { p3 } from './p3.mjs';
import { p4 } from './p4.mjs';
import { p6 } from './p6.mjs';
import { picks } from './picks.mjs';
import { pushback } from './pushback.mjs';
import { telemetry } from './telemetry.mjs';

/** @typedef {import('./area.mjs').Area | import('./figure-area.mjs').FigureArea} AnyArea */

/** What can be asked for, by name. @type {Readonly<Record<string, readonly AnyArea[]>>} */
const choices = {
  p1: [p1],
  p3: [p3],
  p4: [p4],
  p6: [p6],
  picks: [picks],
  gray: [gray],
  overload: [overload],
  pushback: [pushback],
  telemetry: [telemetry],
  growth: [instances, routes],
};

/**
 * @typedef {object} BenchOptions
 * @property {readonly AnyArea[]} areas
 * @property {number | undefined} rounds instead of what the areas say
 * @property {number | undefined} calls of a variant in a round, instead of what its area says
 * @property {number} seed of the order
 * @property {string | undefined} report path of the JSON to write
 * @property {boolean} profile
 */

export const usage = `npm run bench -- [${Object.keys(choices).join('] [')}] [options]; all areas unless named
  --rounds N      24 unless set, p6 5; fewer say whether it runs, not how fast it is
  --calls N       of a variant in a round; 4,000 to 400,000 unless set, by area; in p6 changes, instances, beats or watchers
  --seed N        the order of the variants in each round; printed, random unless set
  --report FILE   writes every figure of every round as JSON
  --profile       tells what each variant spends its time on; the figures of such a run count for nothing`;

/**
 * @param {string[]} args
 * @returns {BenchOptions}
 * @throws when an area or an option is unknown
 */
export function parseBenchOptions(args) {
  const string = /** @type {const} */ ({ type: 'string' });
  const options = {
    rounds: string,
    calls: string,
    seed: string,
    report: string,
    profile: /** @type {const} */ ({ type: 'boolean' }),
  };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  return {
    areas: (positionals.length > 0 ? positionals : Object.keys(choices)).flatMap(areasNamed),
    rounds: countOf('rounds', values.rounds),
    calls: countOf('calls', values.calls),
    seed: countOf('seed', values.seed) ?? randomInt(1, 1_000_000),
    report: values.report,
    profile: values.profile ?? false,
  };
}

/** @param {string} name */
function areasNamed(name) {
  const areas = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (!areas) throw new Error(`Unknown area "${name}". Known: ${Object.keys(choices).join(', ')}.`);
  return areas;
}

/**
 * @param {string} name
 * @param {string | undefined} value
 */
function countOf(name, value) {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name}: expected a whole number from 1, found "${value}"`);
  return count;
}
