/** A copy of the list is 8,000 bytes: what stays below this copies and filters nothing. */
const MOST_BYTES = 250;

/**
 * @typedef {object} PickKind
 * @property {string} name
 * @property {string} strategy
 * @property {import('@weft/balancer').LoadBalancerOptions} [options]
 * @property {number} [goalNs]
 */

/** @type {readonly PickKind[]} */
const kinds = [
  { name: 'round_robin', strategy: 'round_robin', goalNs: 100 },
  { name: 'weighted', strategy: 'weighted', goalNs: 100 },
  { name: 'random', strategy: 'random', goalNs: 100 },
  { name: 'p2c_ewma', strategy: 'p2c_ewma', goalNs: 100 },
  { name: 'least_connections', strategy: 'least_connections' },
  { name: 'consistent_hash', strategy: 'consistent_hash', goalNs: 500 },
  { name: 'round_robin, filter', strategy: 'round_robin', options: { filter: { version: '1', tags: ['blue'] } } },
  { name: 'round_robin, split', strategy: 'round_robin', options: { split: { 1: 90, 2: 10 } } },
  { name: 'round_robin, zone', strategy: 'round_robin', options: { zone: 'a' } },
  { name: 'round_robin, subset', strategy: 'round_robin', options: { subset: { size: 20, seed: 'bench' } } },
  { name: 'round_robin, slowStart', strategy: 'round_robin', options: { slowStart: '10s' } },
  {
    name: 'p2c_ewma, all of them',
    strategy: 'p2c_ewma',
    options: { filter: { tags: ['blue'] }, split: { 1: 90, 2: 10 }, zone: 'a', subset: { size: 20, seed: 'bench' } },
  },
];

/** @type {readonly import('./figure-area.mjs').FigureVariant[]} */
const picking = kinds.map(({ name, strategy, options = {}, goalNs }) => ({
  name,
  module: './picks/pick-and-done.mjs',
  calls: 1_000_000,
  options: { strategy, options },
  figures: [
    { key: 'ns', label: 'a pick and its end', unit: 'ns', ...(goalNs !== undefined && { atMost: goalNs }) },
    { key: 'bytes', label: 'allocated', unit: 'B', atMost: MOST_BYTES },
  ],
}));

/** What it costs to choose an instance. @type {import('./figure-area.mjs').FigureArea} */
export const picks = {
  name: 'picks',
  title: 'PICKS: CPU in one process, 1,000 instances, 64 calls under way',
  rounds: 5,
  variants: [
    ...picking,
    {
      name: 'weights 3:2:1',
      module: './picks/weights.mjs',
      calls: 60_000,
      options: { weights: { 'users-0': 3, 'users-1': 2, 'users-2': 1 } },
      figures: [{ key: 'offPercent', label: 'furthest off', unit: '%', atMost: 1 }],
    },
  ],
};
