import { describe, expect, it } from 'vitest';
import type { FigureArea } from './figure-area.mjs';
import { formatFigures } from './format-figures.mjs';
import { summarizeFigures } from './summarize-figures.mjs';

const figures = [{ key: 'p50Ms', label: 'p50', unit: 'ms', atMost: 1 }];
const variant = { module: '', calls: 1, figures };
const area: FigureArea = {
  name: 'p0',
  title: 'P0',
  rounds: 1,
  variants: [
    { ...variant, name: 'bare', figures: [] },
    { ...variant, name: 'ours', control: 'bare' },
  ],
};

/** Each round: what bare gave, what it gave again, and what ours gave, in ms. */
function summaryOf(rows: readonly (readonly [number, number, number])[]) {
  const rounds = rows.map(([bare, again, ours]) => ({
    ours: { p50Ms: ours },
    bare: { p50Ms: bare },
    'bare (A/A)': { p50Ms: again },
  }));
  return summarizeFigures(area, rounds);
}

describe('summarizeFigures', () => {
  it('decides by the lower quartile, which a burst of other load does not reach, and quotes median and quartiles', () => {
    const [ours] = summaryOf([
      [1, 1, 0.5],
      [1, 1, 0.9],
      [1, 1, 9],
    ]);
    expect(ours).toMatchObject({ variant: 'ours', low: 0.7, median: 0.9, high: 4.95, atMost: 1, verdict: 'met' });
  });

  it('calls a goal missed only while the control agrees with itself', () => {
    expect(summaryOf([[1, 1.2, 2]])[0]?.verdict).toBe('missed');
    expect(summaryOf([[1, 1.3, 2]])[0]?.verdict).toBe('not judged');
    expect(summaryOf([[1.3, 1, 2]])[0]?.verdict).toBe('not judged');
    expect(summaryOf([[1, 1.3, 0.5]])[0]?.verdict).toBe('met');
  });

  it('decides by the upper quartile where more is better', () => {
    const goodput = {
      module: '',
      calls: 1,
      name: 'ours',
      figures: [{ key: 'percent', label: 'goodput', unit: '%', atLeast: 90 }],
    };
    const shedding: FigureArea = { ...area, variants: [goodput] };
    const verdictOf = (...percents: number[]) =>
      summarizeFigures(
        shedding,
        percents.map((percent) => ({ ours: { percent } })),
      )[0];
    expect(verdictOf(20, 91, 95)).toMatchObject({ value: 93, verdict: 'met' });
    expect(verdictOf(20, 80, 95)).toMatchObject({ value: 87.5, verdict: 'missed' });
    expect(formatFigures(shedding, [verdictOf(95) ?? expect.fail()], { skipped: {}, servers: {} })).toMatch(
      /95\.0 % .*>= 90 %: met/,
    );
  });

  it('says why a variant was not measured', () => {
    const summary = summarizeFigures(area, [{ bare: { p50Ms: 1 } }]);
    const table = formatFigures(area, summary, { skipped: { ours: 'consul is missing: no such program' }, servers: {} });
    expect(table).toMatch(/ours +SKIPPED: consul is missing: no such program/);
  });
});
