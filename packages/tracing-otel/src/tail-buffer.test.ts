import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { finish, traced, UNSAMPLED } from '../test/traced.js';

const SEEDS = [1, 7, 42];

describe('tail', () => {
  it.each(SEEDS)('keeps all failed of 10,000 traces at 0.1, and no other that was not chosen (seed %d)', async (seed) => {
    const { tracer, flush } = traced({ sampler: 0.1, tail: true }, seed);
    const random = seededRandom(seed + 1_000);
    const expected = new Set<string>();
    for (let n = 0; n < 10_000; n++) {
      const root = tracer.startSpan('root');
      const isFailed = random() < 0.03;
      if (isFailed) root.setTag('error', true);
      if (isFailed || root.context.sampled) expected.add(root.context.traceId);
      root.finish();
    }
    await flush();
    const kept = new Set(tracer.spans().map(({ traceId }) => traceId));
    expect([kept.size, [...expected].every((id) => kept.has(id))], `seed ${seed}`).toEqual([expected.size, true]);
  });

  it('keeps the whole part of this process when one of its spans failed: tag error, or a status from 500', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: true });
    for (const [name, tag, value] of [
      ['tagged', 'error', true],
      ['status 503', 'http.response.status_code', 503],
      ['status 404', 'http.response.status_code', 404],
      ['not failed', 'error', false],
    ] as const) {
      const root = tracer.startSpan(name);
      const child = tracer.startSpan(`${name}, child`, root).setTag(tag, value);
      const sibling = tracer.startSpan(`${name}, sibling`, root);
      finish(child, sibling, root);
    }
    expect(await names()).toEqual([
      ...['tagged', 'tagged, child', 'tagged, sibling'],
      ...['status 503', 'status 503, child', 'status 503, sibling'],
    ]);
    expect(tracer.stats().tail).toEqual({ kept: 2, evicted: 0 });
  });

  it('keeps what takes long here, from 1 s on unless told otherwise', async () => {
    const { tracer, names, clock } = traced({ sampler: 0, tail: { slow: '300ms' } });
    const [quick, slow] = [tracer.startSpan('quick'), tracer.startSpan('slow')];
    await clock.advance(299);
    quick.finish();
    await clock.advance(1);
    slow.finish();
    expect(await names()).toEqual(['slow']);
    const usual = traced({ sampler: 0, tail: true });
    const second = usual.tracer.startSpan('a second');
    await usual.clock.advance(1_000);
    second.finish();
    expect(await usual.names()).toEqual(['a second']);
  });

  it('keeps only what is slow when told so', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: { failed: false } });
    finish(tracer.startSpan('failed').setTag('error', true));
    expect(await names()).toEqual([]);
  });

  it('decides when the first span here ends: what ends later follows', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: true });
    const kept = tracer.startSpan('kept').setTag('error', true);
    const dropped = tracer.startSpan('dropped');
    const late = [tracer.startSpan('kept, late', kept), tracer.startSpan('dropped, late', dropped).setTag('error', true)];
    finish(kept, dropped, ...late);
    expect(await names()).toEqual(['kept', 'kept, late']);
  });

  it('decides for a trace that another process did not choose, and tells the next that it is not sampled', async () => {
    const { tracer, names } = traced({ sampler: 1, tail: true });
    const failed = tracer.startSpan('server', UNSAMPLED).setTag('error', true);
    expect(failed.context).toMatchObject({ traceId: UNSAMPLED.traceId, sampled: false });
    finish(tracer.startSpan('client', failed), failed, tracer.startSpan('other request', UNSAMPLED));
    expect(await names()).toEqual(['server', 'client']);
  });

  it('tells two requests of one trace apart that are handled at the same time', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: true });
    const [first, second] = [tracer.startSpan('first', UNSAMPLED), tracer.startSpan('second', UNSAMPLED)];
    finish(tracer.startSpan('part of second', second).setTag('error', true), first, second);
    expect(await names()).toEqual(['second', 'part of second']);
  });

  it('holds no more than it was told to: the oldest undecided trace is forgotten', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: { maxTraces: 2 } });
    const roots = ['a', 'b', 'c'].map((name) => tracer.startSpan(name).setTag('error', true));
    finish(...roots);
    expect(await names()).toEqual(['b', 'c']);
    expect(tracer.stats().tail).toEqual({ kept: 2, evicted: 1 });
  });

  it('holds no more spans of a trace than it was told to, and decides by all of them', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: { maxSpans: 3 } });
    const root = tracer.startSpan('root');
    for (let n = 0; n < 5; n++) finish(tracer.startSpan(`step ${n}`, root));
    const part = tracer.startSpan('part', root);
    finish(tracer.startSpan('part of part', part).setTag('error', true), part, root);
    expect(await names()).toEqual(['root', 'step 0', 'step 1']);
  });

  it('does not grow by spans that nobody ends', async () => {
    const { tracer, names } = traced({ sampler: 0, tail: { maxTraces: 2, maxSpans: 2 } });
    const root = tracer.startSpan('root').setTag('error', true);
    const forgotten = Array.from({ length: 3 }, (_, n) => tracer.startSpan(`forgotten ${n}`, root));
    root.finish();
    for (let n = 0; n < 5; n++) tracer.startSpan('never ended');
    finish(...forgotten);
    expect(await names()).toEqual(['root']);
  });
});
