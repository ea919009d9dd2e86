import { describe, expect, it } from 'vitest';
import { drawWaterfall } from './draw-waterfall.js';
import { type TraceSpan, traceTree } from './trace-tree.js';

const span = (id: string, parent: string | undefined, more: Partial<TraceSpan> = {}): TraceSpan => ({
  ...{ id, parent, name: `span ${id}`, service: 'orders', process: 'orders-1', startAt: 1_000, durationMs: 30 },
  ...{ status: '', failed: false, ...more },
});

describe('traceTree', () => {
  it('puts each span under its parent, in the order in which they began', () => {
    const spans = [span('c', 'a', { startAt: 1_020, process: 'users-1' }), span('d', 'b'), span('b', 'a'), span('a', undefined)];
    const { rows, processes, isConnected } = traceTree(spans);
    expect(rows.map(({ id, depth }) => `${depth}${id}`)).toEqual(['0a', '1b', '2d', '1c']);
    expect([processes, isConnected]).toEqual([['orders-1', 'users-1'], true]);
  });

  it('says when a trace is in pieces', () => {
    const cut = traceTree([span('a', undefined), span('b', 'never exported')]);
    expect([cut.rows.length, cut.isConnected]).toEqual([2, false]);
    expect(traceTree([span('a', undefined), span('b', undefined)]).isConnected).toBe(false);
    expect(traceTree([span('a', 'never exported')]).isConnected).toBe(false);
    expect(traceTree([]).isConnected).toBe(false);
  });
});

describe('drawWaterfall', () => {
  it('draws when each span was under way', () => {
    const late = span('b', 'a', { process: 'users-2', startAt: 1_020, durationMs: 10, status: '500', failed: true });
    expect(drawWaterfall(traceTree([span('a', undefined, { status: '201' }), late]))).toEqual([
      `orders-1  span a    |${'='.repeat(30)}|    30.0 ms  201`,
      `users-2     span b  |${' '.repeat(20)}${'='.repeat(10)}|    10.0 ms  failed 500`,
    ]);
  });

  it('shows a span that takes no time, wherever it stands', () => {
    const [, last] = drawWaterfall(traceTree([span('a', undefined), span('b', 'a', { startAt: 1_030, durationMs: 0 })]));
    expect(last).toContain(`|${' '.repeat(29)}=|`);
  });
});
