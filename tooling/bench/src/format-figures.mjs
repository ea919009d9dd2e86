import { aligned } from './format-summary.mjs';

/**
 * The table of an area of figures.
 * @param {import('./figure-area.mjs').FigureArea} area
 * @param {readonly import('./summarize-figures.mjs').FigureSummary[]} figures
 * @param {Pick<import('./run-figures.mjs').MeasuredFigures, 'skipped' | 'servers'>} measured
 */
export function formatFigures({ title, variants }, figures, { skipped, servers }) {
  const rows = variants.flatMap(({ name }) => {
    if (skipped[name] !== undefined) return [[name, '', '', '', `SKIPPED: ${skipped[name]}`]];
    return figures.filter(({ variant }) => variant === name).map((figure, at) => [at === 0 ? name : '', ...cellsOf(figure)]);
  });
  const versions = Object.entries(servers).map(([name, version]) => `${name} ${version}`);
  return [
    title,
    ...aligned([['', 'figure', 'value', 'median (quartiles)', 'goal'], ...rows], [2]),
    `value: lower quartile of the rounds, upper where more is better. Servers: ${versions.join(', ') || 'none'}`,
    '',
  ].join('\n');
}

/** @param {import('./summarize-figures.mjs').FigureSummary} figure */
function cellsOf({ label, unit, value, low, median, high, atMost, atLeast, verdict }) {
  const goals = [atMost === undefined ? '' : `<= ${atMost}`, atLeast === undefined ? '' : `>= ${atLeast}`].filter(Boolean);
  const goal = goals.length > 0 ? `${[goals.join(', '), unit].filter(Boolean).join(' ')}: ${verdict}` : '';
  return [label, `${short(value)} ${unit}`, `${short(median)} (${short(low)}-${short(high)})`, goal];
}

/** @param {number} value */
function short(value) {
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toPrecision(Math.abs(value) < 1 ? 2 : 3);
}
