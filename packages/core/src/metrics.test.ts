import { describe, expect, it } from 'vitest';
import { memoryMetrics, noopMetrics } from './metrics.js';

describe('memoryMetrics', () => {
  it('adds counters, keeps observations, sets gauges, apart by labels in any order', () => {
    const metrics = memoryMetrics();
    metrics.increment('calls', { a: '1', b: '2' });
    metrics.increment('calls', { b: '2', a: '1' }, 2);
    metrics.increment('calls');
    metrics.histogram('seconds', 0.5);
    metrics.histogram('seconds', 0.7);
    metrics.gauge('age', 3);
    metrics.gauge('age', 4);
    expect(metrics.read('calls', { a: '1', b: '2' })).toBe(3);
    expect(metrics.read('calls')).toBe(1);
    expect(metrics.read('seconds')).toBe(2);
    expect(metrics.observations('seconds')).toEqual([0.5, 0.7]);
    expect(metrics.read('age')).toBe(4);
    expect(metrics.read('nothing')).toBe(0);
  });

  it('has a no-op form that takes everything', () => {
    expect(noopMetrics.increment('x')).toBeUndefined();
  });
});
