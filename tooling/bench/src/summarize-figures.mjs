import { quantile } from './quantile.mjs';
import { againOf } from './run-area.mjs';

/** How far the same may lie from itself on a machine that is quiet enough to call a goal missed. */
const MOST_APART = 1.25;

/**
 * @typedef {object} FigureSummary
 * @property {string} variant
 * @property {string} label
 * @property {string} unit
 * @property {number} value the figure that decides, which a burst of other load does not reach: the lower quartile of the
 * rounds, the upper one where more is better
 * @property {number} low lower quartile
 * @property {number} median
 * @property {number} high upper quartile
 * @property {number} [atMost] the goal
 * @property {number} [atLeast] the goal
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
      figures.map(({ key, label, unit, ...goal }) => {
        const values = valuesOf(name, key);
        const spread = { low: quantile(values, 0.25), median: quantile(values, 0.5), high: quantile(values, 0.75) };
        const value = goal.atLeast === undefined ? spread.low : spread.high;
        return { variant: name, label, unit, value, ...spread, ...goal, ...judged(value, goal, isQuiet(control, key)) };
      }),
    );
}

/**
 * @param {number} value
 * @param {Pick<import('./figure-area.mjs').Figure, 'atMost' | 'atLeast'>} goal
 * @param {boolean} isQuiet
 * @returns {Pick<FigureSummary, 'verdict'>}
 */
function judged(value, { atMost, atLeast }, isQuiet) {
  if (atMost === undefined && atLeast === undefined) return {};
  const isMet = value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
  if (isMet) return { verdict: 'met' };
  return { verdict: isQuiet ? 'missed' : 'not judged' };
}
