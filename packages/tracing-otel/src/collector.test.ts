import { describe, expect, it } from 'vitest';
import { recordingLogger } from '../test/recording-logger.js';
import { collectorOf } from './collector.js';

describe('the collector of a reporter', () => {
  it.each([
    ['otlp', undefined, 'http://localhost:4318/v1/traces'],
    ['otlp', 'http://collector:4318', 'http://collector:4318/v1/traces'],
    ['otlp', 'https://collector/', 'https://collector/v1/traces'],
    ['otlp', 'https://vendor.example/otlp/v1/traces?team=a', 'https://vendor.example/otlp/v1/traces?team=a'],
    ['jaeger', undefined, 'http://localhost:4318/v1/traces'],
    ['jaeger', 'http://jaeger:4318', 'http://jaeger:4318/v1/traces'],
    ['zipkin', undefined, 'http://localhost:9411/api/v2/spans'],
    ['zipkin', 'http://zipkin:9411', 'http://zipkin:9411/api/v2/spans'],
  ] as const)('%s at %s is %s, without a word', (type, url, expected) => {
    const logger = recordingLogger();
    expect(collectorOf(type, { url }, logger).url).toBe(expected);
    expect(logger.lines).toEqual([]);
  });

  it('maps the seed’s address of Jaeger to where Jaeger takes OTLP, with one warning that names both (S91, S125)', () => {
    const logger = recordingLogger();
    const collector = collectorOf('jaeger', { url: 'http://localhost:14268/api/traces' }, logger);
    expect(collector.url).toBe('http://localhost:4318/v1/traces');
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('Thrift'),
        fields: {
          from: 'http://localhost:14268/api/traces',
          to: 'http://localhost:4318/v1/traces',
          hint: expect.stringContaining('1.35'),
        },
      },
    ]);
  });

  it('leaves an address of OTLP alone that only looks alike', () => {
    const logger = recordingLogger();
    expect(collectorOf('otlp', { url: 'http://proxy:14268/api/traces' }, logger).url).toBe('http://proxy:14268/api/traces');
    expect(logger.lines).toEqual([]);
  });

  it('sends user and password as a header, and shows neither them nor the query (R80)', () => {
    const logger = recordingLogger();
    const url = 'https://ann:s3cret@jaeger:14268/api/traces?key=s3cret';
    const collector = collectorOf('jaeger', { url, headers: { 'x-a': 'b' } }, logger);
    expect(collector.headers).toEqual({ authorization: `Basic ${Buffer.from('ann:s3cret').toString('base64')}`, 'x-a': 'b' });
    expect(collector.shownUrl).toBe('https://jaeger:4318/v1/traces');
    expect(JSON.stringify([logger.lines, collector.url])).not.toContain('s3cret');
  });

  it('prefers a header that was given to user and password', () => {
    const options = { url: 'http://ann:x@collector', headers: { Authorization: 'Bearer t' } };
    expect(collectorOf('otlp', options, recordingLogger()).headers).toEqual({ authorization: 'Bearer t' });
  });
});
