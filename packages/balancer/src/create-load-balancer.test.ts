import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createLoadBalancer } from './index.js';

const refusalOf = (run: () => unknown): WeftError => {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return error;
  }
  throw new Error('it was not refused with a WeftError');
};
const fresh = (...ids: string[]) => ids.map((id) => ({ id }));

describe('createLoadBalancer', () => {
  it.each(['round_robin', 'random', 'weighted', 'least_connections'])('makes %s (S69-S72)', (strategy) => {
    const balancer = createLoadBalancer(strategy);
    expect(balancer.strategy).toBe(strategy);
    expect(['a', 'b']).toContain(balancer.select(fresh('a', 'b')).id);
  });

  it('takes a config block', () => {
    const balancer = createLoadBalancer({ strategy: 'weighted', options: { weights: { a: 0 } } });
    expect(balancer.select(fresh('a', 'b')).id).toBe('b');
  });

  it.each(['maxRetries', 'max_retries'])('leaves %s to the client (S74)', (name) => {
    expect(createLoadBalancer({ strategy: 'round_robin', options: { [name]: 3 } }).strategy).toBe('round_robin');
  });

  it('refuses an unknown strategy, lists the known ones and the nearest (S75)', () => {
    const error = refusalOf(() => createLoadBalancer('rond_robin'));
    expect(error.code).toBe('WEFT_CONFIG_INVALID');
    expect(error.message).toBe(
      'loadBalancer.strategy: unknown strategy "rond_robin". Known: round_robin, random, weighted, least_connections. Did you mean "round_robin"?',
    );
  });

  it.each(['constructor', '__proto__', 'toString', ''])('knows no strategy called %j', (name) => {
    expect(refusalOf(() => createLoadBalancer(name)).problems?.[0]?.path).toBe('loadBalancer.strategy');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a weight of %d with its path (A15)', (weight) => {
    const error = refusalOf(() => createLoadBalancer('weighted', { weights: { a: 1, 'users-1': weight } }));
    expect(error.problems?.map(({ path }) => path)).toEqual(['loadBalancer.options.weights.users-1']);
    expect(error.message).toContain(`${weight} is not a weight`);
  });

  it('reports everything that is wrong at once', () => {
    const options = { wieghts: {}, weights: { a: -1, b: -2 } };
    const error = refusalOf(() => createLoadBalancer('robin', options));
    expect(error.problems?.map(({ path }) => path)).toEqual([
      'loadBalancer.strategy',
      'loadBalancer.options.wieghts',
      'loadBalancer.options.weights.a',
      'loadBalancer.options.weights.b',
    ]);
    expect(error.message).toContain('Did you mean "weights"?');
  });
});

describe('select', () => {
  it('is interleaved and exact over 6 picks of 3:2:1, with a fresh list each time (S71)', () => {
    const balancer = createLoadBalancer('weighted', { weights: { instance1: 3, instance2: 2, instance3: 1 } });
    const picks = Array.from({ length: 6 }, () => balancer.select(fresh('instance1', 'instance2', 'instance3')).id.at(-1));
    expect(picks.join('')).toBe('121321');
  });

  it('returns the very object of the list', () => {
    const [a] = [{ id: 'a', extra: 1 }];
    expect(createLoadBalancer('round_robin').select([a])).toBe(a);
  });

  it('reads weights of plain objects', () => {
    const balancer = createLoadBalancer('weighted');
    const list = () => [{ id: 'a', weight: 2 }, { id: 'b', metadata: { weight: '0' } }, { id: 'c' }];
    const picks = Array.from({ length: 6 }, () => balancer.select(list()).id);
    expect(picks.sort().join('')).toBe('aaaacc');
  });

  it('follows weights that change between two calls', () => {
    const balancer = createLoadBalancer('weighted');
    const picks = (weight: number) => Array.from({ length: 4 }, () => balancer.select([{ id: 'a', weight }, { id: 'b' }]).id);
    expect(picks(1).sort().join('')).toBe('aabb');
    expect(picks(0).join('')).toBe('bbbb');
  });

  it('returns undefined for an empty list, and when everybody is drained', () => {
    expect(() => createLoadBalancer('round_robin').select([])).toThrow('the list is empty');
    expect(() => createLoadBalancer('weighted', { weights: { a: 0 } }).select(fresh('a'))).toThrow(
      'every instance has the weight 0',
    );
  });

  it('gives the place back at once: least_connections stays even', () => {
    const balancer = createLoadBalancer('least_connections', { random: seededRandom(72) });
    const picks = Array.from({ length: 3_000 }, () => balancer.select(fresh('a', 'b', 'c')).id);
    for (const id of ['a', 'b', 'c']) expect(picks.filter((pick) => pick === id).length).toBeGreaterThan(900);
  });

  it('can be taken off the balancer', () => {
    const { select } = createLoadBalancer('round_robin');
    expect([select(fresh('a', 'b')).id, select(fresh('a', 'b')).id]).toEqual(['a', 'b']);
  });
});
