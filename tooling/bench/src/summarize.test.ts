import { describe, expect, it } from 'vitest';
import type { Area, Goal } from './area.mjs';
import { summarize } from './summarize.mjs';

/** Each row: CPU of the floor, of the floor again, and of ours, in us, for ten calls. */
function summaryOf(goal: Goal, rows: readonly (readonly [number, number, number])[]) {
  const area: Area = {
    name: 'p0',
    title: 'P0',
    measures: 'process',
    unit: 'us',
    floor: 'floor',
    calls: 10,
    variants: [
      { name: 'floor', module: '' },
      { name: 'ours', module: '', goals: [goal] },
    ],
  };
  const measured = (cpuUs: number) => ({ cpuUs, systemUs: 0, elapsedMs: 1, calls: 10 });
  return summarize(
    area,
    rows.map(([floor, again, ours]) => ({
      ours: measured(ours),
      'floor (A/A)': measured(again),
      floor: measured(floor),
    })),
  );
}

const asFast = { against: 'floor', atLeast: 1 };

describe('summarize', () => {
  it('compares within a round, and quotes the median and the quartiles', () => {
    const { variants } = summaryOf(asFast, [
      [100, 100, 50],
      [400, 400, 400],
      [100, 100, 25],
    ]);
    expect(variants[1]).toMatchObject({ name: 'ours', ratio: { low: 1.5, median: 2, high: 3 } });
  });

  it('decides by the lower quartiles, which a burst of other load does not reach', () => {
    const { variants } = summaryOf(asFast, [
      [100, 100, 50],
      [100, 100, 50],
      [100, 100, 900],
    ]);
    expect(variants[1]).toMatchObject({ cpuUs: 5, decisiveRatio: 2, goals: [{ reached: 2, verdict: 'met' }] });
  });

  it('forgives as much as the floor differs from itself', () => {
    expect(summaryOf(asFast, [[100, 103, 102]]).variants[1]?.goals[0]?.verdict).toBe('met');
    expect(summaryOf(asFast, [[100, 101, 103]]).variants[1]?.goals[0]?.verdict).toBe('missed');
  });

  it('judges nothing when the floor differs from itself by more than 5 %', () => {
    const { isControlGood, variants } = summaryOf(asFast, [[100, 120, 50]]);
    expect(isControlGood).toBe(false);
    expect(variants[1]?.goals[0]?.verdict).toBe('not judged');
  });

  it('judges what may be spent on top in ns', () => {
    const cheap = { against: 'floor', atMostNs: 65 };
    expect(summaryOf(cheap, [[1, 1, 1.6]]).variants[1]?.goals[0]).toMatchObject({ reached: expect.closeTo(60), verdict: 'met' });
    expect(summaryOf(cheap, [[1, 1, 1.7]]).variants[1]?.goals[0]?.verdict).toBe('missed');
  });
});
