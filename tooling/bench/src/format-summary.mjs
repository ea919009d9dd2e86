/**
 * The table of an area.
 * @param {import('./area.mjs').Area} area
 * @param {import('./summarize.mjs').AreaSummary} summary
 */
export function formatSummary({ title, unit, floor }, { control, isControlGood, variants }) {
  const figure = (/** @type {number} */ us) => (unit === 'ns' ? (us * 1_000).toFixed(0) : us.toFixed(1));
  const rows = variants.map(({ name, cpuUs, systemUs, ratio, decisiveRatio, goals }) => [
    name,
    figure(cpuUs),
    figure(systemUs),
    times(decisiveRatio),
    `${times(ratio.median)} (${times(ratio.low)}-${times(ratio.high)})`,
    goals.map(goalText).join('; '),
  ]);
  const verdict = isControlGood ? 'good' : 'NOT GOOD: the machine was too busy, repeat';
  return [
    title,
    ...aligned([['', `${unit}/call`, 'system', 'ratio', 'median (quartiles)', 'goal'], ...rows], [1, 2, 3]),
    `ratio: CPU per call of "${floor}" by that of the row, lower quartiles; over 1 is cheaper. A/A ${times(control)}: ${verdict}`,
    '',
  ].join('\n');
}

/**
 * What a variant spends its time on.
 * @param {string} name
 * @param {readonly import('./profile.mjs').Cost[]} costs
 */
export function formatCosts(name, costs) {
  const lines = costs.map(({ at, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${at}`);
  return [`${name} spends its time in`, ...lines, ''].join('\n');
}

/** @param {import('./summarize.mjs').GoalSummary} goal */
function goalText({ text, reached, verdict }) {
  return `${text}: ${verdict} (${text.startsWith('<') ? reached.toFixed(0) : times(reached)})`;
}

/** @param {number} ratio */
function times(ratio) {
  return ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2);
}

/**
 * @param {readonly string[][]} rows
 * @param {readonly number[]} numeric columns whose cells are moved to the right
 */
export function aligned(rows, numeric) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (numeric.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
