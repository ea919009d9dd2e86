import { seededRandom } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createLoadBalancer, type LoadBalancerConfig, type LoadBalancerOptions, type PushbackOutcome } from './index.js';
import { callsTo, countsOf, handClock, listOf, mustPick, tried } from './pick-scene.fixture.js';

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
  it.each(['round_robin', 'random', 'weighted', 'least_connections', 'p2c_ewma', 'consistent_hash'])(
    'makes %s (S69-S72)',
    (strategy) => {
      const balancer = createLoadBalancer(strategy);
      expect(balancer.strategy).toBe(strategy);
      expect(['a', 'b']).toContain(balancer.select(fresh('a', 'b')).id);
    },
  );

  it('takes a config block', () => {
    const balancer = createLoadBalancer({ strategy: 'weighted', options: { weights: { a: 0 } } });
    expect(balancer.select(fresh('a', 'b')).id).toBe('b');
  });

  it.each(['maxRetries', 'max_retries'])('leaves %s to the client (S74)', (name) => {
    expect(createLoadBalancer({ strategy: 'round_robin', options: { [name]: 3 } }).strategy).toBe('round_robin');
  });

  it.each([-1, 1.5, Number.NaN, '3'])('refuses %j further instances, however it is spelled', (given) => {
    for (const name of ['maxRetries', 'max_retries']) {
      const { problems } = refusalOf(() => createLoadBalancer('random', { [name]: given }));
      const message = expect.stringMatching(/: expected a whole number from 0$/);
      expect(problems).toEqual([{ path: 'loadBalancer.options.maxRetries', message }]);
    }
  });

  it('refuses an unknown strategy, lists the known ones and the nearest (S75)', () => {
    const error = refusalOf(() => createLoadBalancer('rond_robin'));
    expect(error.code).toBe('WEFT_CONFIG_INVALID');
    expect(error.message).toBe(
      'loadBalancer.strategy: unknown strategy "rond_robin". Known: round_robin, random, weighted, least_connections, p2c_ewma, consistent_hash. Did you mean "round_robin"?',
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

  it.each([5, 'weights', true, null, [['a', 1]]])(
    'refuses %j as options, given beside the strategy or in its block',
    (options) => {
      const given = options as LoadBalancerOptions;
      for (const make of [
        () => createLoadBalancer('random', given),
        () => createLoadBalancer({ strategy: 'random', options: given }),
      ]) {
        expect(refusalOf(make)).toMatchObject({
          code: 'WEFT_CONFIG_INVALID',
          problems: [{ path: 'loadBalancer.options', message: `${JSON.stringify(options)} is not an object of options.` }],
        });
      }
    },
  );

  it.each([null, undefined, 5])('refuses %j as a strategy', (strategy) => {
    expect(refusalOf(() => createLoadBalancer(strategy as unknown as string)).message).toContain(
      `loadBalancer.strategy: unknown strategy ${strategy}. Known: round_robin`,
    );
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

const words = (block: unknown) => createLoadBalancer(block as LoadBalancerConfig);

describe('the options of createLoadBalancer', () => {
  it('may be written in snake_case, as in the configs of the seed', () => {
    const options = { load_factor: 2, min_in_flight: 8, slow_start: '30s', max_retries: 2 };
    expect(words({ strategy: 'consistent_hash', options }).strategy).toBe('consistent_hash');
    expect(refusalOf(() => words({ strategy: 'random', options: { load_factr: 2 } })).message).toContain(
      'Did you mean "loadFactor"?',
    );
  });

  it('are checked for every strategy, so that a strategy can be changed by changing one word', () => {
    const options = {
      penalty: 'soon',
      decay: 0,
      loadFactor: 1,
      minInFlight: 0,
      slowStart: -1,
      subset: { size: 0, seed: '' },
      zone: { name: '', headrom: 2 },
      split: { '1': -1 },
      filter: { versoin: '1' },
      pushback: Number.POSITIVE_INFINITY,
    };
    const { problems = [] } = refusalOf(() => words({ strategy: 'round_robin', options }));
    expect(problems.map(({ path }) => path.replace('loadBalancer.options.', ''))).toEqual([
      'decay',
      'penalty',
      'loadFactor',
      'minInFlight',
      'slowStart',
      'subset.size',
      'subset.seed',
      'zone.headrom',
      'zone.name',
      'split.1',
      'split',
      'filter.versoin',
      'pushback',
    ]);
  });

  it.each(['weights', 'subset', 'zone', 'split', 'filter'])('refuse a list and null as %s', (name) => {
    for (const value of [[], null]) {
      const error = refusalOf(() => words({ strategy: 'round_robin', options: { [name]: value } }));
      expect(error.problems?.[0]?.path).toMatch(new RegExp(`^loadBalancer\\.options\\.${name}`));
    }
  });

  it.each([
    ['zone', 'eu-1a', ['b', 'b', 'b', 'b']],
    ['filter', { tags: ['gpu'] }, ['a', 'a', 'a', 'a']],
    ['split', { '1': 1, '2': 3 }, ['b', 'a', 'b', 'b']],
    ['subset', { size: 1, seed: 'orders-1' }, ['a', 'a', 'a', 'a']],
  ])('put %s around a strategy', (name, value, expected) => {
    const balancer = words({ strategy: 'round_robin', options: { [name]: value } });
    const list = () => [
      { id: 'a', zone: 'eu-1b', version: '1.0.0', tags: ['gpu'] },
      { id: 'b', zone: 'eu-1a', version: '2.0.0', tags: [] },
    ];
    expect(Array.from({ length: 4 }, () => balancer.select(list()).id)).toEqual(expected);
  });

  it.each(['round_robin', 'random', 'weighted', 'least_connections', 'p2c_ewma', 'consistent_hash'])(
    'make %s avoid an instance that asked to be left alone, unless they say false',
    (strategy) => {
      const from = listOf(2);
      const picksWith = (options: LoadBalancerOptions) => {
        const balancer = createLoadBalancer(strategy, { ...options, clock: handClock(), random: seededRandom(3) });
        const asked: PushbackOutcome = { result: 'ignored', durationMs: 1, pushbackMs: 5_000 };
        mustPick(balancer, from, { skip: (one) => one !== from[0] }).done(asked);
        return new Set(callsTo(balancer, from, 40));
      };
      expect(picksWith({})).toEqual(new Set(from.slice(1)));
      expect(picksWith({ pushback: false })).toEqual(new Set(from));
    },
  );

  it.each(['round_robin', 'random', 'weighted', 'consistent_hash'])('make %s start slowly when they say so', (strategy) => {
    const from = listOf(5);
    const newcomersShare = (options: LoadBalancerOptions) => {
      const balancer = createLoadBalancer(strategy, { ...options, clock: handClock(), random: seededRandom(3) });
      callsTo(balancer, from.slice(1), 20);
      return countsOf(callsTo(balancer, from, 1_000), from)[0] ?? 0;
    };
    expect(newcomersShare({ slowStart: '10s' })).toBeLessThan(60);
    expect(newcomersShare({})).toBeGreaterThan(150);
  });

  it('go together: whatever is asked for, everybody who is picked is in the list, fits, and was not tried', () => {
    for (let seed = 1; seed <= 60; seed++) checkTogether(seed);
  });
});

/** Draws options, lists and calls, and checks each pick. */
function checkTogether(seed: number): void {
  const random = seededRandom(seed);
  const often = <Value>(value: Value) => (random() < 0.5 ? { value } : undefined);
  const strategy = ['round_robin', 'random', 'weighted', 'least_connections', 'p2c_ewma', 'consistent_hash'][seed % 6] ?? '';
  const clock = handClock();
  const [slow, few, zone, split, filter] = [often('5s'), often(2), often('a'), often({ '1': 3, '2': 1 }), often({ tags: ['t'] })];
  const balancer = createLoadBalancer(strategy, {
    ...(slow && { slowStart: slow.value }),
    ...(few && { subset: few.value }),
    ...(zone && { zone: zone.value }),
    ...(split && { split: split.value }),
    ...(filter && { filter: filter.value }),
    clock,
    random,
  });
  const fleet = listOf(9, (at) => ({ zone: at % 2 ? 'a' : 'b', version: at % 3 ? '1.0.0' : '2.0.0', tags: at % 4 ? ['t'] : [] }));
  for (let step = 0; step < 200; step++) {
    const from = fleet.filter(() => random() < 0.8);
    const fitting = filter ? from.filter(({ instance }) => instance.tags.includes('t')) : from;
    const triedOnes = fitting.filter(() => random() < 0.3);
    const picked = balancer.pick(from, tried(...triedOnes));
    const told = `seed ${seed}, step ${step}, ${strategy}`;
    if (fitting.length === 0) expect(picked, told).toBeUndefined();
    else expect(fitting, told).toContain(picked?.instance);
    if (triedOnes.length < fitting.length) expect(triedOnes, told).not.toContain(picked?.instance);
    clock.nowMs += random() * 1_000;
    const outcome: PushbackOutcome = { result: 'ok', durationMs: 5, pushbackMs: random() < 0.1 ? 1_000 : undefined };
    picked?.done(outcome);
  }
}

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

  it('follows zones, tags and metadata that change between two calls', () => {
    const balancer = createLoadBalancer('round_robin', { filter: { metadata: { tier: '1' } } });
    expect(balancer.select([{ id: 'a', metadata: { tier: 1 } }, { id: 'b' }]).id).toBe('a');
    expect(
      balancer.select([
        { id: 'a', metadata: {} },
        { id: 'b', metadata: { tier: '1' } },
      ]).id,
    ).toBe('b');
    expect(() => balancer.select([{ id: 'a', metadata: null }])).toThrow('left out by a filter or split');
  });

  it('throws for an empty list, and when everybody is drained', () => {
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
