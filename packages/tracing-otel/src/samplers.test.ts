import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { finish, traced, UNSAMPLED } from '../test/traced.js';

const SEEDS = [1, 7, 42];

describe('the sampler', () => {
  it('records every trace unless told otherwise, and none at 0', async () => {
    const all = traced({});
    const none = traced({ sampler: 0 });
    for (let n = 0; n < 100; n++) finish(all.tracer.startSpan('root'), none.tracer.startSpan('root'));
    expect(await all.names()).toHaveLength(100);
    expect(await none.names()).toEqual([]);
  });

  it.each(SEEDS)('records a tenth of 10,000 traces at 0.1, between 0.085 and 0.115 (seed %d)', async (seed) => {
    for (const tail of [false, true]) {
      const { tracer, names } = traced({ sampler: 0.1, tail }, seed);
      const roots = Array.from({ length: 10_000 }, () => tracer.startSpan('root'));
      const sampled = roots.filter(({ context }) => context.sampled).length;
      finish(...roots);
      expect(sampled / 10_000, `seed ${seed}, tail ${tail}`).toBeGreaterThan(0.085);
      expect(sampled / 10_000, `seed ${seed}, tail ${tail}`).toBeLessThan(0.115);
      expect(await names(), `seed ${seed}, tail ${tail}`).toHaveLength(sampled);
    }
  });

  it('decides once per trace: its parts are recorded with the root, or not at all', async () => {
    const { tracer, names } = traced({ sampler: 0.5 });
    for (let n = 0; n < 200; n++) {
      const root = tracer.startSpan('root');
      const child = tracer.startSpan('child', root);
      expect(child.context).toMatchObject({ traceId: root.context.traceId, sampled: root.context.sampled });
      finish(child, root);
    }
    const all = await names();
    expect(all.filter((name) => name === 'root')).toHaveLength(all.length / 2);
  });

  it('follows the process that a trace comes from, whatever the ratio', async () => {
    const never = traced({ sampler: 0 });
    const always = traced({ sampler: 1 });
    finish(never.tracer.startSpan('chosen there', { ...UNSAMPLED, sampled: true }));
    finish(always.tracer.startSpan('not chosen there', UNSAMPLED));
    expect(await never.names()).toEqual(['chosen there']);
    expect(await always.names()).toEqual([]);
  });

  it('lets a trace that is not recorded pass through: same ids, not sampled', () => {
    const { tracer } = traced({ sampler: 0 });
    const span = tracer.startSpan('passing', { ...UNSAMPLED, state: 'a=1' });
    expect({ ...span.context }).toEqual({ ...UNSAMPLED, state: 'a=1' });
    expect(tracer.startSpan('root').context).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), sampled: false });
  });

  it('chooses among the traces of other instrumentation by the same ratio', async () => {
    const { tracer, flush } = traced({ sampler: 0.1, register: true });
    const foreign = trace.getTracer('pg');
    for (let n = 0; n < 1_000; n++) foreign.startSpan('select').end();
    await flush();
    expect(tracer.spans().length).toBeGreaterThan(50);
    expect(tracer.spans().length).toBeLessThan(150);
  });
});
