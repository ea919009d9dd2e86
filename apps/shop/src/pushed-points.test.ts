import { describe, expect, it } from 'vitest';
import { pushedPoints } from './pushed-points.js';

const of = (name: string, points: number, id: string) => ({ name, points, resource: { 'service.instance.id': id } });

describe('pushedPoints', () => {
  it('adds up the points of each metric that all services have, and tells who has sent them', () => {
    const received = [of('service.requests', 3, 'users-1'), of('service.requests', 2, 'users-2'), of('cart.value', 9, 'users-1')];
    const { byMetric, processes } = pushedPoints(received);
    expect(Object.fromEntries(byMetric)).toEqual({
      'service.requests': 5,
      'service.response_time': 0,
      'service.errors': 0,
      'service.calls': 0,
      'service.call_duration': 0,
    });
    expect([...processes]).toEqual(['users-1', 'users-2']);
  });
});
