import { quantile } from './quantile.mjs';
import { againOf } from './run-area.mjs';

/** How far the same may lie from itself on a machine that is quiet enough to call a goal missed. */
const MOST_APART = 1.25;

/**
 * @typedef {object} FigureSummary
 * @property {string} variant
 * @property {string} label
 * @property {string} unit
 * @property {number} low lower quartile of the rounds: the figure that decides, which a burst of other load does not reach
 * @property {number} median
 * @property {number} high upper quartile
 * @property {number} [atMost] the goal
 * @property {'met' | 'missed' | 'not judged'} [verdict] what is missed while the control differs from itself is not judged
 */

/**
 * @param {import('./figure-area.mjs').FigureArea} area
 * @param {import('./run-figures.mjs').MeasuredFigures['rounds']} rounds
 * @returns {readonly FigureSummary[]} of all variants that were measured
 */
export function summarizeFigures({ variants }, rounds) {
  const valuesOf = (/** @type {string} */ variant, /** @type {string} */ key) =>
    rounds.map((round) => round[variant]?.[key]).filter((value) => value !== undefined);
  const lowOf = (/** @type {string} */ variant, /** @type {string} */ key) => quantile(valuesOf(variant, key), 0.25);
  const isQuiet = (/** @type {string | undefined} */ control, /** @type {string} */ key) => {
    const apart = control === undefined ? 1 : lowOf(control, key) / lowOf(againOf(control), key);
    return Math.max(apart, 1 / apart) <= MOST_APART;
  };
  return variants
    .filter(({ name }) => rounds[0]?.[name])
    .flatMap(({ name, control, figures }) =>
      figures.map(({ key, label, unit, atMost }) => {
        const values = valuesOf(name, key);
        const spread = { low: quantile(values, 0.25), median: quantile(values, 0.5), high: quantile(values, 0.75) };
        const goal = atMost === undefined ? {} : { atMost, verdict: verdict(spread.low, atMost, isQuiet(control, key)) };
        return { variant: name, label, unit, ...spread, ...goal };
      }),
    );
}

/**
 * @param {number} reached
 * @param {number} atMost
 * @param {boolean} isQuiet
 * @returns {NonNullable<FigureSummary['verdict']>}
 */
function verdict(reached, atMost, isQuiet) {
  if (reached <= atMost) return 'met';
  return isQuiet ? 'missed' : 'not judged';
}
