const figures = [
  { key: 'healthyP99Ms', label: 'p99, all five good', unit: 'ms' },
  { key: 'p99Ms', label: 'p99, one slow', unit: 'ms' },
  { key: 'slowPercent', label: 'calls to the slow one', unit: '%' },
];

/** The default ejects an instance that is slow for three seconds, whatever the strategy; without that the strategy is alone. */
const alone = { slow: false };

/** @type {import('./figure-area.mjs').FigureVariant[]} */
const variants = [
  { strategy: 'p2c_ewma', label: 'p2c_ewma', outlier: {}, goal: 2 },
  { strategy: 'p2c_ewma', label: 'p2c_ewma, nobody ejected', outlier: alone, goal: 2 },
  { strategy: 'round_robin', label: 'round_robin', outlier: {}, goal: undefined },
  { strategy: 'round_robin', label: 'round_robin, nobody ejected', outlier: alone, goal: undefined },
].map(({ strategy, label, outlier, goal }) => ({
  name: label,
  module: './protection/one-slow.mjs',
  calls: 2_000,
  options: { strategy, outlier },
  figures: [
    ...figures,
    { key: 'ratio', label: 'times the p99 of good ones', unit: 'x', ...(goal !== undefined && { atMost: goal }) },
  ],
}));

/** One of five instances is ten times slower (R6). @type {import('./figure-area.mjs').FigureArea} */
export const gray = {
  name: 'gray',
  title: 'GRAY: one of five instances takes 200 ms, the others 20 ms; 200 calls a second',
  rounds: 3,
  variants,
};
