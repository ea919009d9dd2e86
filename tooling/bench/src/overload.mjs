/**
 * @param {string} key
 * @param {string} times
 * @param {number | undefined} leastPercent
 * @returns {import('./figure-area.mjs').Figure[]}
 */
function figuresAt(key, times, leastPercent) {
  const isJudged = leastPercent !== undefined;
  return [
    { key: `${key}Percent`, label: `goodput at ${times}, of its peak`, unit: '%', ...(isJudged && { atLeast: leastPercent }) },
    { key: `${key}P99Ms`, label: `p99 of the accepted at ${times}`, unit: 'ms' },
    { key: `${key}Ratio`, label: 'times the unloaded p99', unit: 'x', ...(isJudged && { atMost: 3 }) },
    { key: `${key}LateMs`, label: `callers' own pauses at ${times}, p99`, unit: 'ms' },
  ];
}

/** @type {import('./figure-area.mjs').FigureVariant[]} */
const variants = [
  { name: 'concurrency, overload', options: { service: { concurrency: true, overload: true } }, isJudged: true },
  { name: 'nothing refused', options: { service: {} }, isJudged: false },
].map(({ isJudged, ...variant }) => ({
  ...variant,
  module: './protection/under-load.mjs',
  calls: 2_000,
  figures: [
    { key: 'unloadedP99Ms', label: 'p99, unloaded', unit: 'ms' },
    { key: 'unloadedLateMs', label: "callers' own pauses, p99", unit: 'ms' },
    { key: 'peak', label: 'peak of the goodput', unit: '/s' },
    ...figuresAt('three', '3x', isJudged ? 90 : undefined),
    ...figuresAt('five', '5x', isJudged ? 80 : undefined),
  ],
}));

/** A service that is asked for more than it can do (R57). @type {import('./figure-area.mjs').FigureArea} */
export const overload = {
  name: 'overload',
  title: 'OVERLOAD: a service that can do 400/s (8 at once, 20 ms each); callers wait for 500 ms',
  rounds: 3,
  variants,
};
