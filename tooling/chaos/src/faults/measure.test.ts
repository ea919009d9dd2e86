import { describe, expect, it } from 'vitest';
import { faultRow } from './fault-row.js';
import { Measure } from './measure.js';
import { timing } from './timing.js';

const measured = (bounds: { readonly detectMs?: number; readonly recoverMs?: number }) =>
  new Measure(faultRow({ id: 'R0', title: '', bounds, run: async () => {} }), 'redis', { ...timing, slack: 2 });

describe('the measure of a row', () => {
  it('holds what was measured to its bound, times the slack', () => {
    const measure = measured({ detectMs: 100 });
    measure.detected(200);
    expect(() => measure.detected(201)).toThrow('R0 on redis: detected in ms, bound 100 x 2');
  });

  it('takes no figure without a bound, and no bound without a figure', () => {
    const measure = measured({ detectMs: 100, recoverMs: 100 });
    expect(() => measure.assertMeasured()).toThrow('R0 states a bound for what it never measured: detected, recovered');
    measure.detected(1);
    expect(() => measure.assertMeasured()).toThrow('never measured: recovered');
    measure.recovered(1);
    measure.assertMeasured();
    expect(() => measured({}).recovered(1)).toThrow('states no bound');
    measured({}).assertMeasured();
  });
});
