import { describe, expect, it } from 'vitest';
import { readMetrics } from './otlp-metrics.js';

/** A field with a length of less than 128 bytes. */
function field(number: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}

const text = (number: number, value: string) => field(number, Buffer.from(value));
const point = field(1);
const resource = field(1, field(1, text(1, 'service.name'), field(2, text(1, 'users'))));

describe('readMetrics', () => {
  it('tells each metric of a report, how many points it has, and whose they are', () => {
    const sum = field(2, text(1, 'service.requests'), field(7, point, point, Buffer.from([2 << 3, 2])));
    const gauge = field(2, text(1, 'queue.depth'), field(5, point));
    const histogram = field(2, text(1, 'service.response_time'), field(9));
    const report = field(1, resource, field(2, sum, gauge), field(2, histogram));
    expect(readMetrics(report)).toEqual(
      [
        ['service.requests', 2],
        ['queue.depth', 1],
        ['service.response_time', 0],
      ].map(([name, points]) => ({ name, points, resource: { 'service.name': 'users' } })),
    );
  });

  it('refuses what is no OTLP', () => {
    expect(() => readMetrics(Buffer.from('{"no":"protobuf"}'))).toThrow();
  });
});
