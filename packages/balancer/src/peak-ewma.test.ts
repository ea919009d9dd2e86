import { describe, expect, it } from 'vitest';
import { PeakEwma } from './peak-ewma.js';

const DECAY_MS = 10_000;

describe('PeakEwma', () => {
  it('knows nothing before the first latency', () => {
    expect(new PeakEwma(DECAY_MS).valueAt(5)).toBeLessThan(0);
  });

  it('follows a rise at once', () => {
    const latency = new PeakEwma(DECAY_MS);
    latency.observe(20, 0);
    latency.observe(200, 10);
    expect(latency.valueAt(10)).toBe(200);
  });

  it('follows a fall the faster the longer ago the last latency was', () => {
    const fallOver = (elapsedMs: number) => {
      const latency = new PeakEwma(DECAY_MS);
      latency.observe(200, 0);
      latency.observe(20, elapsedMs);
      return latency.valueAt(elapsedMs);
    };
    expect(fallOver(10)).toBeCloseTo(200, 0);
    expect(fallOver(10_000)).toBeCloseTo(200 / Math.E + 20 * (1 - 1 / Math.E), 5);
    expect(fallOver(100_000)).toBeCloseTo(20, 1);
  });

  it('falls to 1/e after the decay when nothing is seen', () => {
    const latency = new PeakEwma(DECAY_MS);
    latency.observe(200, 0);
    expect(latency.valueAt(DECAY_MS)).toBeCloseTo(200 / Math.E, 5);
    expect(latency.valueAt(20 * DECAY_MS)).toBeLessThan(0.001);
  });

  it('falls without a step where it leaves the straight line', () => {
    const latency = new PeakEwma(DECAY_MS);
    latency.observe(100, 0);
    const [before, after] = [latency.valueAt(99), latency.valueAt(101)];
    expect(before).toBeGreaterThan(after);
    expect(before - after).toBeLessThan(0.05);
  });

  it('takes a lower bound for a rise only, and not for a first latency', () => {
    const latency = new PeakEwma(DECAY_MS);
    latency.observeAtLeast(1, 0);
    expect(latency.valueAt(0)).toBeLessThan(0);
    latency.observe(20, 0);
    latency.observeAtLeast(1, 10);
    expect(latency.valueAt(10)).toBeCloseTo(20, 1);
    latency.observeAtLeast(500, 20);
    expect(latency.valueAt(20)).toBe(500);
  });

  it('is not confused by calls that end in another order than they began', () => {
    const latency = new PeakEwma(DECAY_MS);
    latency.observe(20, 1_000);
    latency.observe(10, 500);
    expect(latency.valueAt(1_000)).toBe(20);
  });
});
