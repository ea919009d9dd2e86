import { describe, expect, it } from 'vitest';
import { childOf, newTrace, traceFromHeaders } from './trace-context.js';
import { formatTraceparent } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${SPAN}-01`;
const position = { traceId: TRACE, spanId: SPAN, sampled: true };

describe('traceFromHeaders', () => {
  it('is undefined without a traceparent', () => {
    expect(traceFromHeaders({ tracestate: 'a=1' })).toBeUndefined();
  });

  it('takes a position and its tracestate unchanged', () => {
    expect(traceFromHeaders({ traceparent, tracestate: 'a=1,b@c=2' })).toEqual({ ...position, state: 'a=1,b@c=2' });
  });

  it('counts a traceparent that was sent twice as absent', () => {
    expect(traceFromHeaders({ traceparent: [traceparent, traceparent] })).toBeUndefined();
    expect(traceFromHeaders({ traceparent: `${traceparent}, ${traceparent}` })).toBeUndefined();
  });

  it('joins a tracestate that came in several headers', () => {
    expect(traceFromHeaders({ traceparent, tracestate: ['a=1', 'b=2'] })?.state).toBe('a=1,b=2');
  });

  it.each([
    ['longer than 512 bytes', `a=${'x'.repeat(255)},b=${'x'.repeat(255)}`],
    ['of more than 32 members', Array.from({ length: 200 }, (_, member) => `k${member}=1`).join(',')],
    ['with a member without a value', 'a=1,b'],
    ['with a key in upper case', 'A=1'],
    ['with a key twice', 'a=1,a=2'],
    ['with a line break', 'a=1\r\nx-evil: 1'],
    ['that is empty', ''],
  ])('drops a tracestate %s and keeps the position', (_, tracestate) => {
    expect(traceFromHeaders({ traceparent, tracestate })).toEqual(position);
  });

  it('drops 64 KB of tracestate', () => {
    expect(traceFromHeaders({ traceparent, tracestate: 'a=1,'.repeat(16_384) })).toEqual(position);
  });
});

describe('newTrace', () => {
  it('is a valid position that is not sampled', () => {
    expect(formatTraceparent(newTrace())).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('never gives an id twice, nor one of zeros only', () => {
    const traces = Array.from({ length: 20_000 }, () => newTrace());
    expect(new Set(traces.map((trace) => trace.traceId)).size).toBe(20_000);
    expect(new Set(traces.map((trace) => trace.spanId)).size).toBe(20_000);
    const draws = [...Array<number>(32).fill(0), ...Array<number>(48).fill(0.5)];
    expect(newTrace(() => draws.shift() ?? 0.5)).toEqual({ traceId: '8'.repeat(32), spanId: '8'.repeat(16), sampled: false });
  });
});

describe('childOf', () => {
  it('keeps trace, sampling and state, and has a span id of its own', () => {
    const child = childOf({ ...position, state: 'a=1' });
    expect(child).toEqual({ traceId: TRACE, spanId: expect.stringMatching(/^[0-9a-f]{16}$/), sampled: true, state: 'a=1' });
    expect(child.spanId).not.toBe(SPAN);
  });
});
