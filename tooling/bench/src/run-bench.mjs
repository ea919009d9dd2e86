import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseBenchOptions, usage } from './bench-options.mjs';
import { formatFigures } from './format-figures.mjs';
import { formatCosts, formatSummary } from './format-summary.mjs';
import { runArea } from './run-area.mjs';
import { runFigures } from './run-figures.mjs';
import { summarize } from './summarize.mjs';
import { summarizeFigures } from './summarize-figures.mjs';
import { surroundings } from './surroundings.mjs';

/** Above this load of the machine the figures are not worth their ink. */
const QUIET = 1.5;

/** @param {import('./bench-options.mjs').BenchOptions} options */
async function main(options) {
  const { areas, rounds, calls, seed, report, profile } = options;
  const around = surroundings();
  process.stdout.write(`seed ${seed}, load ${around.load?.toFixed(2)}, Node ${around.node}\n\n`);
  if ((around.load ?? 0) > QUIET)
    process.stdout.write(`The load of the machine is above ${QUIET}: do not trust these figures.\n\n`);
  const results = [];
  for (const area of areas) {
    const { table, topCosts, ...result } = await ('floor' in area ? compare(area, options) : figure(area, options));
    process.stdout.write(`${table}\n`);
    for (const [name, costs] of Object.entries(topCosts)) process.stdout.write(`${formatCosts(name, costs)}\n`);
    results.push({ name: area.name, title: area.title, load: loadavg()[0], ...result, topCosts });
  }
  const setup = { rounds, calls, seed, profile, ...around, loadAfter: loadavg()[0] };
  if (report) writeFileSync(report, `${JSON.stringify({ ...setup, areas: results }, null, 2)}\n`);
}

/**
 * @param {import('./area.mjs').Area} area
 * @param {import('./bench-options.mjs').BenchOptions} options
 */
async function compare(area, options) {
  const measured = await runArea(area, options, tell);
  const summary = summarize(area, measured.rounds);
  return { table: formatSummary(area, summary), floor: area.floor, ...summary, ...measured };
}

/**
 * @param {import('./figure-area.mjs').FigureArea} area
 * @param {import('./bench-options.mjs').BenchOptions} options
 */
async function figure(area, options) {
  const measured = await runFigures(area, options, tell);
  const figures = summarizeFigures(area, measured.rounds);
  return { table: formatFigures(area, figures, measured), figures, ...measured };
}

/** Progress, on a terminal only. @param {string} text */
function tell(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}\r`);
}

/** @param {string[]} args */
function optionsOf(args) {
  try {
    return parseBenchOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

const options = optionsOf(process.argv.slice(2));
if (options)
  main(options).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  });
