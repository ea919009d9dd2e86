import { describe, expect, it } from 'vitest';
import { parseGrpcTimeout, parseTimeout, parseTimeoutHeader } from './index.js';

describe('parseTimeout', () => {
  it('prefers x-request-timeout-ms to grpc-timeout, and falls back when it is malformed', () => {
    expect(parseTimeout({ 'x-request-timeout-ms': '250', 'grpc-timeout': '1S' })).toBe(250);
    expect(parseTimeout({ 'x-request-timeout-ms': 'soon', 'grpc-timeout': '1S' })).toBe(1_000);
    expect(parseTimeout({})).toBeUndefined();
  });

  it('takes 0 as no time left (R55) and clamps to an hour (R95)', () => {
    expect(parseTimeoutHeader('0')).toBe(0);
    expect(parseTimeoutHeader('999999999999999')).toBe(3_600_000);
    expect(parseGrpcTimeout('99999999H')).toBe(3_600_000);
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 5', '5ms', '1'.repeat(16), '٣'])('takes %j as if it were absent', (value) => {
    expect(parseTimeoutHeader(value)).toBeUndefined();
  });

  it('takes a repeated header as if it were absent', () => {
    expect(parseTimeoutHeader(['1', '2'])).toBeUndefined();
  });

  it.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3_000],
    ['250m', 250],
    ['500u', 0.5],
    ['1000000n', 1],
  ])('reads the grpc-timeout %s as %d ms', (value, ms) => {
    expect(parseGrpcTimeout(value)).toBeCloseTo(ms, 9);
  });

  it.each(['', '1', '1s', '123456789S', '-1S', '1.5S', 'S'])('takes the grpc-timeout %j as if it were absent', (value) => {
    expect(parseGrpcTimeout(value)).toBeUndefined();
  });
});
