import { memoryMetrics } from '@weft/core';
import { Service } from '@weft/service';
import { openOtelTracing } from '@weft/tracing-otel';
import { OtlpReceiver } from '@weft-tooling/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

const CALLS = 1_500;
const AT_ONCE = 25;
/** A span of the client and one of the service for each call. */
const SPANS = 2 * CALLS;
const QUEUE = 2_048;
const FLUSH_MS = 2_000;
/** A timer of a busy machine fires late. */
const LATE_MS = 500;

const wire = new Wire();
afterEach(() => wire.close());

/** A collector that fails from the start. */
const FAILING: Readonly<Record<string, (receiver: OtlpReceiver) => unknown>> = {
  'is down': (receiver) => receiver.close(),
  'never answers': (receiver) => {
    receiver.answer = 'never';
  },
  'is slow': (receiver) => {
    receiver.delayMs = 400;
  },
  'answers 500': (receiver) => {
    receiver.answer = 500;
  },
  'answers 503': (receiver) => {
    receiver.answer = 503;
  },
};

describe('R78 a service and its caller, whose spans go to a collector', () => {
  it.each(Object.entries(FAILING))(
    'do not notice that it %s: no call fails, and spans are bounded and counted',
    async (_, fail) => {
      const { tracing, calls, most, flushMs, metrics } = await traced(fail);
      expect(calls).toEqual(new Map([[200, CALLS]]));
      expect(most).toBeLessThanOrEqual(QUEUE);
      expect(flushMs).toBeLessThan(FLUSH_MS + LATE_MS);
      const { reported, waiting, dropped, failed } = tracing.tracer.stats();
      expect([reported + dropped + failed, waiting]).toEqual([SPANS, 0]);
      expect(metrics.read('tracing.spans.dropped', { reason: 'queue full' })).toBe(dropped);
      expect(metrics.read('tracing.spans.dropped', { reason: 'not taken' })).toBe(failed);
      expect(metrics.read('tracing.spans.reported')).toBe(reported);
    },
  );

  it('lose nothing while it is well', async () => {
    const { tracing, receiver } = await traced(() => {});
    expect(tracing.tracer.stats()).toMatchObject({ reported: SPANS, waiting: 0, dropped: 0, failed: 0 });
    expect(receiver.spans).toHaveLength(SPANS);
  });
});

/** Makes the calls, some at a time, while spans go to a collector that `fail` has had its way with; then closes tracing. */
async function traced(fail: (receiver: OtlpReceiver) => unknown) {
  const receiver = await OtlpReceiver.open();
  wire.onClose(() => receiver.close());
  const { url } = receiver;
  await fail(receiver);
  const metrics = memoryMetrics();
  const reporter = { type: 'otlp', url } as const;
  const tracing = openOtelTracing({ serviceName: 'users', reporter, queue: { interval: '50ms' } }, { metrics });
  wire.onClose(() => tracing.close());
  const { tracer } = tracing;
  const service = new Service({ name: 'users', tracer });
  service.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
  await service.start();
  wire.onClose(() => service.stop({ immediate: true }));
  const client = wire.call([service.port ?? 0], { tracer, retries: 0 });

  const calls = new Map<number | string, number>();
  let most = 0;
  let next = 0;
  const caller = async () => {
    while (next++ < CALLS) {
      const ended = await client.get('/users/7').then(({ statusCode }) => statusCode, String);
      calls.set(ended, (calls.get(ended) ?? 0) + 1);
      most = Math.max(most, tracer.stats().waiting);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  const closingAt = performance.now();
  await tracing.close();
  return { receiver, tracing, metrics, calls, most, flushMs: performance.now() - closingAt };
}
