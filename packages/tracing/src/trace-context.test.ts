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

  it.each([
    ['nothing', undefined],
    ['garbage', 'garbage'],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['10 KB', `${traceparent}${'x'.repeat(10_240)}`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['text in front', ` ${traceparent}`],
    ['an empty list', []],
  ])('takes nothing from a traceparent of %s, whatever the tracestate says: a new trace starts (R77)', (_, value) => {
    expect(traceFromHeaders({ traceparent: value, tracestate: 'a=1' })).toBeUndefined();
  });

  it('takes a position of a version that is yet to come, and passes it on as version 00', () => {
    const later = traceFromHeaders({ traceparent: `01-${TRACE}-${SPAN}-03-more`, tracestate: 'a=1' });
    expect(later).toEqual({ ...position, state: 'a=1' });
    expect(formatTraceparent(later ?? newTrace())).toBe(traceparent);
  });

  it.each([
    ['32 members', Array.from({ length: 32 }, (_, member) => `k${member}=1`).join(',')],
    ['512 characters', `a=${'x'.repeat(255)},b=${'x'.repeat(252)}`],
    ['space and tabs around members', 'a=1 ,\t b=2'],
    ['empty members', 'a=1,,b=2,'],
    ['a key of several tenants', '0tenant-_*/@system-_*/=1'],
    ['values of every character', 'a=!"#$%&\'()*+-./0:;<>?@[]^_`{|}~'],
    ['a space inside of a value', 'a=b c'],
  ])('takes a tracestate with %s unchanged', (_, tracestate) => {
    expect(traceFromHeaders({ traceparent, tracestate })).toEqual({ ...position, state: tracestate });
  });

  it('joins a tracestate that came in several headers', () => {
    expect(traceFromHeaders({ traceparent, tracestate: ['a=1', 'b=2'] })?.state).toBe('a=1,b=2');
  });

  it.each([
    ['longer than 512 bytes', `a=${'x'.repeat(255)},b=${'x'.repeat(255)}`],
    ['of 513 characters', `a=${'x'.repeat(255)},b=${'x'.repeat(253)}`],
    ['of 33 members', Array.from({ length: 33 }, (_, member) => `k${member}=1`).join(',')],
    ['of 200 members', Array.from({ length: 200 }, (_, member) => `k${member}=1`).join(',')],
    ['with a member without a value', 'a=1,b'],
    ['with a key in upper case', 'A=1'],
    ['with a key twice', 'a=1,a=2'],
    ['with a line break', 'a=1\r\nx-evil: 1'],
    ['with a line break at its end', 'a=1\r\n'],
    ['with a space of another alphabet around a member', 'a=1,\u2003b=2'],
    ['with a space at the end of a key', 'a =1'],
    ['with "=" in a value', 'a=1=2'],
    ['with a key of 257 characters', `${'k'.repeat(257)}=1`],
    ['with a value of 257 characters', `a=${'x'.repeat(257)}`],
    ['with a control character', 'a=\u0007'],
    ['with a letter that is not ASCII', 'a=é'],
    ['of commas only', ',,,'],
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
