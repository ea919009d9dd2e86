import { quantile } from './quantile.mjs';
import { controlOf } from './run-area.mjs';

/** The floor against itself must lie within these, or the machine was not quiet enough to say anything. */
const CONTROL = { least: 0.95, most: 1.05 };

/**
 * @typedef {object} VariantSummary
 * @property {string} name
 * @property {number} cpuUs per call, lower quartile of the rounds
 * @property {number} systemUs the part of it spent in system calls, which no code of ours can make cheaper
 * @property {number} callsPerSecond median of the rounds; says nothing without the ratio
 * @property {{ median: number, low: number, high: number }} ratio CPU of the floor by its own, within a round: over 1 is
 * cheaper than the floor. The median of the rounds and their quartiles
 * @property {number} decisiveRatio the same of the lower quartiles: the figure that decides
 * @property {readonly GoalSummary[]} goals
 */

/** @typedef {{ text: string, reached: number, verdict: 'met' | 'missed' | 'not judged' }} GoalSummary without a good control nothing is judged */

/** @typedef {{ control: number, isControlGood: boolean, variants: VariantSummary[] }} AreaSummary */

/**
 * @param {import('./area.mjs').Area} area
 * @param {import('./run-area.mjs').Measured['rounds']} rounds
 * @returns {AreaSummary}
 */
export function summarize(area, rounds) {
  const cpu = (/** @type {string} */ name) => rounds.map((round) => perCall(round[name]));
  const lowCpu = (/** @type {string} */ name) => quantile(cpu(name), 0.25);
  const control = lowCpu(area.floor) / lowCpu(controlOf(area));
  const isControlGood = control >= CONTROL.least && control <= CONTROL.most;
  const slack = isControlGood ? Math.abs(control - 1) : undefined;
  const names = Object.keys(rounds[0] ?? {});
  const ordered = [...area.variants.map(({ name }) => name), controlOf(area)].filter((name) => names.includes(name));
  return {
    control,
    isControlGood,
    variants: ordered.map((name) => {
      const floor = cpu(area.floor);
      const ratios = cpu(name).map((own, round) => (floor[round] ?? Number.NaN) / own);
      const goals = area.variants.find((variant) => variant.name === name)?.goals ?? [];
      return {
        name,
        cpuUs: lowCpu(name),
        systemUs: quantile(
          rounds.map((round) => perCall(round[name], 'systemUs')),
          0.25,
        ),
        callsPerSecond: quantile(
          rounds.map((round) => rate(round[name])),
          0.5,
        ),
        ratio: { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) },
        decisiveRatio: lowCpu(area.floor) / lowCpu(name),
        goals: goals.map((goal) => judge(goal, lowCpu(name), lowCpu(goal.against), slack)),
      };
    }),
  };
}

/**
 * A goal is met when it is missed by no more than the floor differs from itself.
 * @param {import('./area.mjs').Goal} goal
 * @param {number} ownUs
 * @param {number} otherUs
 * @param {number | undefined} slack
 * @returns {GoalSummary}
 */
function judge(goal, ownUs, otherUs, slack) {
  if ('atLeast' in goal) {
    const reached = otherUs / ownUs;
    return {
      text: `>= ${goal.atLeast}x ${goal.against}`,
      reached,
      verdict: verdict(slack, (by) => reached >= goal.atLeast - by),
    };
  }
  const reached = (ownUs - otherUs) * 1_000;
  const text = `<= ${goal.atMostNs} ns over ${goal.against}`;
  return { text, reached, verdict: verdict(slack, (by) => reached <= goal.atMostNs + by * otherUs * 1_000) };
}

/**
 * @param {number | undefined} slack
 * @param {(slack: number) => boolean} isMet
 * @returns {GoalSummary['verdict']}
 */
function verdict(slack, isMet) {
  if (slack === undefined) return 'not judged';
  return isMet(slack) ? 'met' : 'missed';
}

/**
 * @param {import('./contestant.mjs').Measurement | undefined} measurement
 * @param {'cpuUs' | 'systemUs'} figure
 */
function perCall(measurement, figure = 'cpuUs') {
  return measurement ? measurement[figure] / measurement.calls : Number.NaN;
}

/** @param {import('./contestant.mjs').Measurement | undefined} measurement */
function rate(measurement) {
  return measurement ? (measurement.calls / measurement.elapsedMs) * 1_000 : Number.NaN;
}
