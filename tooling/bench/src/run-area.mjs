import { seededRandom } from '@weft/conformance';
import { BenchProcess } from './bench-process.mjs';
import { Contestant } from './contestant.mjs';
import { shuffled } from './shuffled.mjs';

/** @typedef {import('./contestant.mjs').Measurement} Measurement */

/** Rounds unless another number is asked for. */
const ROUNDS = 24;

/**
 * What was measured in an area. `rounds[r]` holds one measurement of every variant by name, in the order in which they ran.
 * @typedef {object} Measured
 * @property {readonly Readonly<Record<string, Measurement>>[]} rounds
 * @property {Readonly<Record<string, unknown>>} firstAnswers as they were checked
 * @property {Readonly<Record<string, readonly import('./profile.mjs').Cost[]>>} topCosts
 */

/** The name of the second process of the same. @param {string} name */
export function againOf(name) {
  return `${name} (A/A)`;
}

/** The name of the floor's second process. @param {import('./area.mjs').Area} area */
export function controlOf({ floor }) {
  return againOf(floor);
}

/**
 * Opens every variant, and the floor twice, each in a process of its own; checks and warms them; then runs the rounds.
 * @param {import('./area.mjs').Area} area
 * @param {Pick<import('./bench-options.mjs').BenchOptions, 'rounds' | 'calls' | 'seed' | 'profile'>} options
 * @param {(text: string) => void} tell what it is doing
 * @returns {Promise<Measured>}
 */
export async function runArea(area, { rounds = ROUNDS, calls = area.calls, seed, profile }, tell) {
  /** @type {{ close(): Promise<void> }[]} */
  const open = [];
  try {
    const { process: target, told } = await BenchProcess.open('target servers', './target-server.mjs');
    open.push(target);
    const origins = (told.ports ?? []).map((port) => `http://127.0.0.1:${port}`);
    /** @type {Contestant[]} */
    const contestants = [];
    for (const variant of variantsOf(area)) {
      tell(`${area.name}: warming ${variant.name}`);
      const contestant = await Contestant.open(variant, { calls, measures: area.measures, origins });
      open.push(contestant);
      contestants.push(contestant);
      await contestant.warm();
      if (profile) await contestant.startProfile();
    }
    const measured = [];
    const random = seededRandom(seed);
    for (let round = 1; round <= rounds; round++) {
      tell(`${area.name}: round ${round} of ${rounds}`);
      measured.push(await runRound(shuffled(contestants, random)));
    }
    const firstAnswers = Object.fromEntries(contestants.map(({ name, firstAnswer }) => [name, firstAnswer]));
    return { rounds: measured, firstAnswers, topCosts: profile ? await topCostsOf(contestants) : {} };
  } finally {
    await Promise.all(open.map((process) => process.close()));
  }
}

/** @param {import('./area.mjs').Area} area */
function variantsOf(area) {
  const control = area.variants.filter(({ name }) => name === area.floor).map((floor) => ({ ...floor, name: controlOf(area) }));
  return [...area.variants, ...control];
}

/** @param {readonly Contestant[]} contestants */
async function runRound(contestants) {
  /** @type {Record<string, Measurement>} */
  const measured = {};
  for (const contestant of contestants) measured[contestant.name] = await contestant.measure();
  return measured;
}

/** @param {readonly Contestant[]} contestants */
async function topCostsOf(contestants) {
  /** @type {Record<string, import('./profile.mjs').Cost[]>} */
  const costs = {};
  for (const contestant of contestants) costs[contestant.name] = await contestant.topCosts();
  return costs;
}
