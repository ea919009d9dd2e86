import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  it('reads trace, span and the sampled bit', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.sampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-ff`)?.sampled).toBe(true);
  });

  it('reads a version it does not know as version 00 with something behind it', () => {
    const position = { traceId: TRACE, spanId: SPAN, sampled: true };
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01`)).toEqual(position);
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-holds`)).toEqual(position);
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01.what`)).toBeUndefined();
  });

  it.each([
    ['empty text', ''],
    ['garbage', 'garbage'],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with something behind it', `00-${TRACE}-${SPAN}-01-x`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace id that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['flags that are too short', `00-${TRACE}-${SPAN}-1`],
    ['a line break', `00-${TRACE}-${SPAN}-01\r\nx-evil: 1`],
    ['10 KB', `01-${TRACE}-${SPAN}-01-${'x'.repeat(10_240)}`],
  ])('counts %s as absent', (_, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });
});

describe('formatTraceparent', () => {
  it('gives what parseTraceparent reads', () => {
    const header = `00-${TRACE}-${SPAN}-01`;
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: true })).toBe(header);
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: false })).toBe(`00-${TRACE}-${SPAN}-00`);
  });
});
