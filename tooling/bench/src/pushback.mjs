/** @type {import('./figure-area.mjs').FigureVariant[]} */
const variants = [
  { name: 'round_robin', options: { strategy: 'round_robin' } },
  { name: 'p2c_ewma', options: { strategy: 'p2c_ewma' } },
  { name: 'round_robin, pushback: false', options: { strategy: 'round_robin', pushback: false } },
].map((variant) => ({
  ...variant,
  module: './protection/one-full.mjs',
  calls: 2_000,
  figures: [
    { key: 'failed', label: 'failed GET', unit: '', ...(!('pushback' in variant.options) && { atMost: 0 }) },
    { key: 'refusedPercent', label: 'met a 429', unit: '%' },
  ],
}));

/** One of five instances asks to be left alone. @type {import('./figure-area.mjs').FigureArea} */
export const pushback = {
  name: 'pushback',
  title: 'PUSHBACK: one of five instances answers 429, 400 calls a second',
  rounds: 3,
  variants,
};
