import { seededRandom } from '@weft/conformance';
import type { Labels } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { MetricStore, type MetricStoreOptions } from './metric-store.js';
import { prometheusText } from './prometheus-text.js';
import { recordingLogger } from './recording-logger.fixture.js';
import { RefusedObservations } from './refused-observations.js';

function openStore(options: Partial<MetricStoreOptions> = {}) {
  const { logger, lines } = recordingLogger();
  const store = new MetricStore({ buckets: [1, 2, 5], maxSeries: 2_000, refused: new RefusedObservations(logger), ...options });
  const samples = () =>
    prometheusText(store.families)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  return { store, lines, samples, text: () => prometheusText(store.families) };
}

describe('what is added up', () => {
  it('a counter is the sum of what it was told, 1 unless said otherwise', () => {
    const { store, samples } = openStore();
    store.increment('jobs');
    store.increment('jobs', undefined, 2.5);
    store.increment('jobs', {}, 0);
    expect(samples()).toEqual(['jobs_total 3.5']);
  });

  it('a gauge is the last value, which may be negative', () => {
    const { store, samples } = openStore();
    store.gauge('depth', 7);
    store.gauge('depth', -2);
    expect(samples()).toEqual(['depth -2']);
  });

  it('a distribution has the observations up to each bound, bound included, their sum and their number', () => {
    const { store, samples } = openStore();
    for (const value of [0, 1, 1.5, 2, 5, 6]) store.histogram('size', value);
    expect(samples()).toEqual([
      'size_bucket{le="1"} 2',
      'size_bucket{le="2"} 4',
      'size_bucket{le="5"} 5',
      'size_bucket{le="+Inf"} 6',
      'size_sum 15.5',
      'size_count 6',
    ]);
  });

  it('a series is its labels in any order', () => {
    const { store, samples } = openStore();
    store.increment('jobs', { queue: 'mail', state: 'done' });
    store.increment('jobs', { state: 'done', queue: 'mail' });
    store.increment('jobs', { state: 'done', queue: 'mail' });
    expect(samples()).toEqual(['jobs_total{queue="mail",state="done"} 3']);
  });

  it('a value of a label that is no text counts as its text, and a label without a value as none', () => {
    const { store, samples } = openStore();
    store.increment('jobs', { status: 200 } as never);
    store.increment('jobs', { status: '200', path: undefined } as never);
    store.increment('jobs', { status: '200', path: null, '': 'x' } as never);
    expect(samples()).toEqual(['jobs_total{status="200"} 3']);
  });

  it('one metric may have series of several sets of labels', () => {
    const { store, samples } = openStore();
    store.gauge('depth', 1);
    store.gauge('depth', 2, { queue: 'mail' });
    expect(samples()).toEqual(['depth 1', 'depth{queue="mail"} 2']);
  });
});

describe('what is ignored', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '1', null, {}, 1n, Symbol('1')])(
    '%o as an observation or an increment',
    (value) => {
      const { store, samples } = openStore();
      store.increment('jobs');
      store.histogram('size', 1);
      const before = samples();
      store.increment('jobs', {}, value as number);
      store.histogram('size', value as number);
      expect(samples()).toEqual(before);
    },
  );

  it.each([Number.NaN, Number.NEGATIVE_INFINITY, '1', undefined, 1n])('%o as a value of a gauge', (value) => {
    const { store, samples } = openStore();
    store.gauge('depth', 1);
    store.gauge('depth', value as number);
    expect(samples()).toEqual(['depth 1']);
  });

  it.each([undefined, null, 7, {}, Symbol('x'), '', '.', '漢字', 'x'.repeat(256)])('%o as a name', (name) => {
    const { store, samples } = openStore();
    store.increment(name as string);
    store.histogram(name as string, 1);
    store.gauge(name as string, 1);
    expect(samples()).toEqual([]);
  });

  it('a metric of another kind than its first observation was', () => {
    const { store, text, lines } = openStore();
    store.increment('jobs');
    store.gauge('jobs', 7);
    store.histogram('jobs', 7);
    expect(text()).toBe('# HELP jobs_total The counter jobs.\n# TYPE jobs_total counter\njobs_total 1\n');
    expect(lines[0]).toContain('it is a counter, and cannot be a gauge too');
  });

  it.each([
    ['a.b', 'a_b'],
    ['a-b', 'a.b'],
  ])('%s beside %s: Prometheus could not tell them apart, and would take neither', (first, second) => {
    const { store, samples, lines } = openStore();
    store.gauge(first, 1);
    store.gauge(second, 2);
    expect(samples()).toEqual(['a_b 1']);
    expect(lines[0]).toContain(`\\"${first}\\" has the name a_b in Prometheus already`);
  });

  it.each(['size.count', 'size.sum', 'size.bucket'])('%s as a gauge beside the distribution "size"', (name) => {
    const { store, samples } = openStore();
    store.histogram('size', 1);
    store.gauge(name, 2);
    expect(samples()).toHaveLength(6);
  });

  it('a metric beyond the thousandth: names are not made of input', () => {
    const { store, samples } = openStore();
    for (let n = 0; n < 1_500; n++) store.increment(`user.${n}`);
    expect(samples()).toHaveLength(1_000);
  });

  it('is logged once per metric and reason, and a hundred times in all', () => {
    const { store, lines } = openStore();
    for (let n = 0; n < 50; n++) store.gauge('depth', Number.NaN);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^warn observations of a metric are ignored .*"metric":"depth","reason":"a value is not a finite number"/,
    );
    for (let n = 0; n < 500; n++) store.gauge(`depth.${n}`, Number.NaN);
    expect(lines).toHaveLength(100);
  });
});

describe('metrics never throw', () => {
  const thrower = new Proxy({}, { ownKeys: () => fail(), get: () => fail(), getPrototypeOf: () => fail() });
  const fail = () => {
    throw new Error('labels that throw');
  };
  const labels: unknown[] = [
    null,
    7,
    'ab',
    [],
    ['x'],
    thrower,
    {
      get a() {
        return fail();
      },
    },
    { a: thrower },
    { a: Symbol('x') },
  ];

  it.each(labels.map((each, at) => [at, each]))('whatever the labels are (%i)', (_, given) => {
    const { store, text } = openStore();
    expect(() => store.increment('jobs', given as Labels)).not.toThrow();
    expect(() => store.histogram('size', 1, given as Labels)).not.toThrow();
    expect(() => store.gauge('depth', 1, given as Labels)).not.toThrow();
    expect(() => text()).not.toThrow();
  });

  it('whatever comes in, and what goes out stays well-formed', () => {
    const seed = 20_261_123;
    const random = seededRandom(seed);
    const { store, samples } = openStore({ maxSeries: 50 });
    const pieces = ['a', '.', '"', '\\', '\n', '\r', '{', '}', '=', ',', ' ', '\0', '\ud800', 'ü', '_', '1', '#', '__proto__'];
    const word = () =>
      Array.from({ length: Math.floor(random() * 5) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    for (let n = 0; n < 5_000; n++) {
      const given = Object.fromEntries(Array.from({ length: Math.floor(random() * 4) }, () => [word(), word()]));
      store.increment(word(), given, random() - 0.1);
      store.histogram(word(), random() * 6, given);
      store.gauge(word(), random(), given);
    }
    const sample = /^[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\})? [0-9.e+-]+$/;
    expect(
      samples().filter((line) => !sample.test(line)),
      `seed ${seed}`,
    ).toEqual([]);
    const series = samples().map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(series).size, `seed ${seed}`).toBe(series.length);
  });
});

describe('series are bounded (R79)', () => {
  const observe = (store: MetricStore, paths: number) => {
    for (let n = 0; n < paths; n++) {
      const labels = { method: 'GET', path: `/users/${n}` };
      store.increment('service.requests', labels);
      store.histogram('service.response_time', 1.5, labels);
    }
  };

  it('20,000 paths are 2,000 series per metric, and no observation gets lost', () => {
    const { store, samples } = openStore();
    observe(store, 20_000);
    const requests = samples().filter((line) => line.startsWith('service_requests_total'));
    expect(requests).toHaveLength(2_000);
    expect(requests.at(-1)).toBe('service_requests_total{method="other",path="other"} 18001');
    expect(requests.map((line) => Number(line.split(' ')[1])).reduce((sum, each) => sum + each)).toBe(20_000);
    const counts = samples().filter((line) => line.startsWith('service_response_time_seconds_count'));
    expect(counts).toHaveLength(2_000);
    expect(counts.at(-1)).toBe('service_response_time_seconds_count{method="other",path="other"} 18001');
  });

  it('those that were there first go on being counted by themselves, in any order of their labels', () => {
    const { store, samples } = openStore({ maxSeries: 3 });
    observe(store, 10);
    store.increment('service.requests', { path: '/users/1', method: 'GET' });
    expect(samples().slice(0, 3)).toEqual([
      'service_requests_total{method="GET",path="/users/0"} 1',
      'service_requests_total{method="GET",path="/users/1"} 2',
      'service_requests_total{method="other",path="other"} 8',
    ]);
  });

  it('names of labels that vary do not get around it', () => {
    const { store, samples } = openStore({ maxSeries: 100 });
    for (let n = 0; n < 5_000; n++) store.increment('jobs', { [`label${n}`]: 'x' });
    expect(samples()).toHaveLength(100);
  });

  it('one metric that is full takes no place from others', () => {
    const { store, samples } = openStore({ maxSeries: 3 });
    observe(store, 10);
    store.gauge('depth', 1, { queue: 'mail' });
    expect(samples()).toContain('depth{queue="mail"} 1');
  });
});

describe('what is said of a metric', () => {
  it('comes from its description; without one it is named', () => {
    const { store, text } = openStore({
      describe: { 'cart.value': { help: 'Value of a cart\nin \\ euros.', unit: 'By', buckets: [10] } },
    });
    store.histogram('cart.value', 5);
    store.gauge('depth', 1);
    expect(text()).toBe(
      [
        '# HELP cart_value_bytes Value of a cart\\nin \\\\ euros.',
        '# TYPE cart_value_bytes histogram',
        'cart_value_bytes_bucket{le="10"} 1',
        'cart_value_bytes_bucket{le="+Inf"} 1',
        'cart_value_bytes_sum 5',
        'cart_value_bytes_count 1',
        '# HELP depth The gauge depth.',
        '# TYPE depth gauge',
        'depth 1',
        '',
      ].join('\n'),
    );
  });

  it('a description of one of ours changes only what it names', () => {
    const { store, text } = openStore({ describe: { 'service.response_time': { buckets: [0.1] } } });
    store.histogram('service.response_time', 0.05);
    expect(text()).toContain('# HELP service_response_time_seconds How long the service took to answer, in seconds.');
    expect(text()).toContain('service_response_time_seconds_bucket{le="0.1"} 1');
  });

  it('no name finds what every object has', () => {
    const { store, samples } = openStore({ describe: {} });
    for (const name of ['constructor', 'toString', '__proto__']) store.increment(name);
    expect(samples()).toEqual(['constructor_total 1', 'toString_total 1', '_proto_total 1']);
  });

  it('a prefix stands before every name', () => {
    const { store, samples } = openStore({ prefix: 'shop' });
    store.increment('service.requests');
    expect(samples()).toEqual(['shop_service_requests_total 1']);
  });
});
