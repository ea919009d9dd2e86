import { describe, expect, it } from 'vitest';
import { otelTracingOptions, parseOtelTracingOptions } from './options.js';

function problemsOf(options: object): readonly string[] {
  const { error } = otelTracingOptions.safeParse({ serviceName: 'users', ...options });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the options of tracing', () => {
  it('are the words of the seed’s tracing block (S91, S121-S125)', () => {
    const seed = { sampler: 0.1, reporter: { type: 'jaeger', url: 'http://localhost:14268/api/traces' } };
    expect(problemsOf(seed)).toEqual([]);
  });

  it('take everything that they document', () => {
    const all = {
      ...{ sampler: 1, register: true, resource: { a: 'b', c: 1, d: true } },
      reporter: { type: 'otlp', url: 'https://x', headers: { a: 'b' } },
      tail: { slow: '2s', failed: false, maxTraces: 1, maxSpans: 1 },
      queue: { maxSpans: 10, batch: 10, interval: '5s', timeout: 1_000 },
    };
    expect([problemsOf(all), problemsOf({ tail: true }), problemsOf({ tail: false })]).toEqual([[], [], []]);
  });

  it.each([
    [{ sampler: 1.5 }, /^sampler: /],
    [{ sampler: '0.1' }, /^sampler: /],
    [{ samplr: 1 }, /samplr/],
    [{ reporter: { type: 'jager' } }, /^reporter\.type: .*"jager".* Known: otlp, jaeger.* Did you mean "jaeger"\?$/],
    [{ reporter: { url: 'localhost:4318' } }, /^reporter\.url: expected a URL with http or https$/],
    [{ reporter: { headers: { 'x key': 'a' } } }, /^reporter\.headers\.x key: Header name must be a valid HTTP token/],
    [{ reporter: { headers: { 'x-key': 'secret\n' } } }, /^reporter\.headers\.x-key: (?!.*secret).*Invalid character/],
    [{ reporter: { type: 'console', url: 'http://x' } }, /^reporter\.url: has no effect on "console"$/],
    [{ tail: { slow: 30_000_000_000 } }, /Go nanoseconds/],
    [{ tail: { maxTraces: 0 } }, /^tail/],
    [{ queue: { batch: 3_000 } }, /^queue\.batch: is more than maxSpans$/],
    [{ queue: { interval: 0 } }, /^queue\.interval: .*above 0/],
  ])('refuse %j, saying where and what', (options, expected) => {
    expect(problemsOf(options).join('\n')).toMatch(expected);
  });

  it('are refused all at once, as one error', () => {
    expect(() => parseOtelTracingOptions({ sampler: 2, reporter: { type: 'x' } })).toThrow(
      expect.objectContaining({
        code: 'WEFT_CONFIG_INVALID',
        problems: [
          { path: 'tracing.serviceName', message: expect.any(String) },
          { path: 'tracing.sampler', message: expect.any(String) },
          { path: 'tracing.reporter.type', message: expect.any(String) },
        ],
      }),
    );
  });
});
