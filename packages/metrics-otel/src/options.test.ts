import { describe, expect, it } from 'vitest';
import { type OtelMetricsOptions, parseOtelMetricsOptions } from './options.js';

describe('options of the metrics', () => {
  it('may all be left out', () => {
    expect(parseOtelMetricsOptions({})).toEqual({});
  });

  it('are taken as they are', () => {
    const options: OtelMetricsOptions = {
      prometheus: { host: '0.0.0.0', port: 0, path: '/m', names: ['metrics.shop'] },
      otlp: { url: 'https://collector:4318/v1/metrics', interval: '15s', headers: { authorization: 'Bearer x' } },
      serviceName: 'user-service',
      resource: { 'deployment.environment.name': 'test' },
      prefix: 'shop',
      buckets: [0.1, 1],
      maxSeries: 100,
      describe: { 'cart.value': { help: 'Value of a cart.', unit: 'By', buckets: [1] } },
      runtime: false,
    };
    expect(parseOtelMetricsOptions(options)).toEqual(options);
    expect(parseOtelMetricsOptions({ prometheus: false })).toEqual({ prometheus: false });
  });

  it.each<[options: unknown, path: string, what: RegExp]>([
    [{ promtheus: {} }, 'metrics', /Unrecognized key: "promtheus"/],
    [{ prometheus: true }, 'metrics.prometheus', /expected false, or an object such as \{ port: 9464 \}/],
    [{ prometheus: { port: 65_536 } }, 'metrics.prometheus.port', /<=65535/],
    [{ prometheus: { path: 'metrics' } }, 'metrics.prometheus.path', /"\/"/],
    [{ otlp: {} }, 'metrics.otlp.url', /expected a URL such as "http:\/\/127.0.0.1:4318"/],
    [{ otlp: { url: 'collector:4317' } }, 'metrics.otlp.url', /expected a URL/],
    [{ otlp: { url: 'http://c', interval: '500ms' } }, 'metrics.otlp.interval', /expected at least "1s"/],
    [{ otlp: { url: 'http://c', interval: 'often' } }, 'metrics.otlp.interval', /"often" is not a duration/],
    [{ otlp: { url: 'http://c', headers: { 'a b': 'x' } } }, 'metrics.otlp.headers.a b', /must be a valid HTTP token/],
    [{ otlp: { url: 'http://c', headers: { a: 'x\n' } } }, 'metrics.otlp.headers.a', /Invalid character/],
    [{ buckets: [1, 1] }, 'metrics.buckets', /ascending/],
    [{ buckets: [] }, 'metrics.buckets', />=1/],
    [{ buckets: [Number.NaN] }, 'metrics.buckets[0]', /expected number/],
    [{ maxSeries: 1 }, 'metrics.maxSeries', />=2/],
    [{ describe: { x: { unti: 's' } } }, 'metrics.describe.x', /Unrecognized key/],
  ])('%j is refused at %s', (options, path, what) => {
    try {
      parseOtelMetricsOptions(options);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'WEFT_CONFIG_INVALID', problems: [{ path, message: expect.stringMatching(what) }] });
    }
  });

  it('tell all that is wrong at once', () => {
    expect(() => parseOtelMetricsOptions({ maxSeries: 0, runtime: 'yes' })).toThrow(/metrics\.maxSeries[\s\S]*metrics\.runtime/);
  });
});
