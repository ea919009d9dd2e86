import { context as apiContext, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { settle, virtualClock } from '@weft/conformance';
import { currentContext, memoryMetrics, noopLogger, noopMetrics, runInContext, systemClock } from '@weft/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endedSpans } from '../test/ended-spans.js';
import { oneAtATime } from '../test/one-at-a-time.js';
import { recordingLogger } from '../test/recording-logger.js';
import type { ReportResult } from './reporter.js';
import { SpanQueue, type SpanQueueSettings } from './span-queue.js';

const DOWN: ReportResult = { error: 'ECONNREFUSED', isRetryable: true };

/** A queue over a reporter that answers as it is told; `reports` are the sizes of what it was given. */
function queueOf(settings: Partial<SpanQueueSettings> = {}) {
  const clock = virtualClock();
  const logger = recordingLogger();
  const metrics = memoryMetrics();
  const reports: number[] = [];
  const signals: AbortSignal[] = [];
  const scene = { answer: async (): Promise<ReportResult> => ({}) };
  const reporter = {
    report(spans: readonly unknown[], signal: AbortSignal) {
      reports.push(spans.length);
      signals.push(signal);
      return scene.answer();
    },
  };
  const queue = new SpanQueue(
    { maxSpans: 8, batch: 4, intervalMs: 1_000, timeoutMs: 10_000, ...settings },
    { reporter, target: 'http://collector', clock, logger, metrics },
  );
  onTestFinished(async () => {
    const closed = queue.shutdown();
    await clock.advance(2_000);
    await closed;
  });
  const add = (count: number) => {
    for (const span of endedSpans(count)) queue.onEnd(span);
  };
  return { queue, add, scene, clock, logger, metrics, reports, signals };
}

const never = () => new Promise<ReportResult>(() => {});

describe('the queue of spans', () => {
  it('reports what waits after the interval, and has no timer while nothing waits', async () => {
    const { add, clock, reports } = queueOf();
    expect(clock.pendingTimers()).toBe(0);
    add(2);
    await clock.advance(999);
    expect(reports).toEqual([]);
    await clock.advance(1);
    expect([reports, clock.pendingTimers()]).toEqual([[2], 0]);
  });

  it('reports as soon as a batch is full, but never within the call that ended the span', async () => {
    const { add, clock, reports } = queueOf();
    add(7);
    expect(reports).toEqual([]);
    await clock.advance(0);
    expect(reports).toEqual([4]);
    await clock.advance(1_000);
    expect(reports).toEqual([4, 3]);
  });

  it('sends one report at a time', async () => {
    const { add, clock, reports, scene } = queueOf();
    scene.answer = never;
    add(8);
    await clock.advance(9_000);
    expect(reports).toEqual([4]);
  });

  it('holds no more than it was told to, with those on their way: it drops, counts, and says so once (R78)', async () => {
    const { queue, add, clock, logger, metrics, scene } = queueOf();
    scene.answer = never;
    add(4);
    await clock.advance(0);
    add(10);
    expect(queue.counts).toEqual({ reported: 0, waiting: 8, dropped: 6, failed: 0 });
    expect(metrics.read('tracing.spans.dropped', { reason: 'queue full' })).toBe(6);
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining('faster than')]);
  });

  it('gives a report up that is not answered in time', async () => {
    const { add, clock, signals, scene, logger } = queueOf();
    scene.answer = never;
    add(1);
    await clock.advance(1_000 + 9_999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(logger.lines[0]?.fields).toEqual({ collector: 'http://collector', error: 'no answer within 10000 ms' });
  });

  it('tries a report again that failed for the moment, ever less often, 5 times in all', async () => {
    const { queue, add, clock, reports, scene } = queueOf();
    scene.answer = async () => DOWN;
    add(4);
    await clock.advance(0);
    const triesAfter = async (ms: number) => {
      await clock.advance(ms - 1);
      const before = reports.length;
      await clock.advance(1);
      return [before, reports.length];
    };
    expect(await triesAfter(2_000)).toEqual([1, 2]);
    expect(await triesAfter(4_000)).toEqual([2, 3]);
    expect(await triesAfter(8_000)).toEqual([3, 4]);
    expect(queue.counts).toMatchObject({ waiting: 4, failed: 0 });
    expect(await triesAfter(16_000)).toEqual([4, 5]);
    expect(queue.counts).toMatchObject({ waiting: 0, failed: 4 });
    expect(reports).toEqual([4, 4, 4, 4, 4]);
  });

  it('does not try more often because more spans come, and loses none that it had room for', async () => {
    const { queue, add, clock, reports, scene } = queueOf();
    scene.answer = async () => DOWN;
    add(4);
    await clock.advance(0);
    add(4);
    await clock.advance(1_999);
    expect(reports).toEqual([4]);
    scene.answer = async () => ({});
    await clock.advance(1);
    expect(queue.counts).toEqual({ reported: 8, waiting: 0, dropped: 0, failed: 0 });
  });

  it('leaves the collector alone for as long as that asks, up to 30 s', async () => {
    const { add, clock, reports, scene } = queueOf();
    scene.answer = async () => ({ ...DOWN, retryAfterMs: 20_000 });
    add(1);
    await clock.advance(1_000);
    scene.answer = async () => ({ ...DOWN, retryAfterMs: 3_600_000 });
    await clock.advance(19_999);
    expect(reports).toHaveLength(1);
    await clock.advance(1);
    expect(reports).toHaveLength(2);
    await clock.advance(30_000);
    expect(reports).toHaveLength(3);
  });

  it('does not try again what the collector refuses, and goes on with the next', async () => {
    const { queue, add, clock, metrics, scene } = queueOf();
    scene.answer = async () => ({ error: 'status 400', isRetryable: false });
    add(4);
    await clock.advance(0);
    scene.answer = async () => ({});
    add(2);
    await clock.advance(2_000);
    expect(queue.counts).toEqual({ reported: 2, waiting: 0, dropped: 0, failed: 4 });
    expect(metrics.read('tracing.spans.dropped', { reason: 'not taken' })).toBe(4);
  });

  it('logs once that the collector is gone, and once that it is back', async () => {
    const { add, clock, logger, scene } = queueOf();
    scene.answer = async () => DOWN;
    add(8);
    await clock.advance(60_000);
    add(20);
    await clock.advance(60_000);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('not taken'),
        fields: { collector: 'http://collector', error: 'ECONNREFUSED' },
      },
    ]);
    scene.answer = async () => ({});
    await clock.advance(60_000);
    expect(logger.lines.slice(1)).toEqual([
      {
        level: 'info',
        message: expect.stringContaining('again'),
        fields: { collector: 'http://collector', dropped: expect.any(Number), failed: expect.any(Number) },
      },
    ]);
  });

  it('reports outside of the request that ended the span', async () => {
    const settings = { maxSpans: 8, batch: 4, intervalMs: 1, timeoutMs: 1_000 };
    const within = await new Promise((resolve) => {
      const report = async () => {
        resolve(currentContext());
        return {};
      };
      const parts = { clock: systemClock, logger: noopLogger, metrics: noopMetrics, target: 'here', reporter: { report } };
      const queue = new SpanQueue(settings, parts);
      const [span] = endedSpans(1);
      if (span) runInContext({ deadlineAt: 1 }, () => queue.onEnd(span));
    });
    expect(within).toBeUndefined();
  });

  it('hides its reports from the instrumentation of others, which would report them in turn', async () => {
    const { add, clock, scene } = queueOf();
    const isSeen: boolean[] = [];
    scene.answer = async () => {
      isSeen.push(trace.getTracer('http').startSpan('POST').isRecording());
      return {};
    };
    apiContext.setGlobalContextManager(oneAtATime());
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    try {
      await scene.answer();
      add(1);
      await clock.advance(1_000);
    } finally {
      trace.disable();
      apiContext.disable();
    }
    expect(isSeen).toEqual([true, false]);
  });

  it('takes a reporter, metrics and a logger that throw', async () => {
    const { queue, add, clock, scene, logger, metrics } = queueOf();
    const fail = () => {
      throw new Error('broken');
    };
    scene.answer = fail;
    logger.warn = fail;
    metrics.increment = fail;
    add(4);
    await clock.advance(1_000);
    scene.answer = async () => ({});
    await clock.advance(60_000);
    expect(queue.counts).toMatchObject({ reported: 4, waiting: 0 });
  });
});

describe('flush', () => {
  it('reports all that waits at once, batch after batch, also while the collector is being left alone', async () => {
    const { queue, add, reports, scene, clock } = queueOf();
    scene.answer = async () => DOWN;
    add(8);
    await clock.advance(0);
    scene.answer = async () => ({});
    await queue.forceFlush();
    expect([reports, queue.counts.waiting]).toEqual([[4, 4, 4], 0]);
  });

  it('does not insist when a report fails', async () => {
    const { queue, add, reports, scene } = queueOf();
    scene.answer = async () => DOWN;
    add(8);
    await queue.forceFlush();
    expect([reports, queue.counts.waiting]).toEqual([[4], 8]);
  });

  it('takes 2 s at most, and leaves no timer behind', async () => {
    const { queue, add, scene, clock } = queueOf();
    scene.answer = never;
    add(1);
    let isDone = false;
    const flushed = queue.forceFlush().then(() => {
      isDone = true;
    });
    await clock.advance(1_999);
    expect(isDone).toBe(false);
    await clock.advance(1);
    await flushed;
    expect(queue.counts.waiting).toBe(1);
  });
});

describe('shutdown', () => {
  it('reports what waits, and drops what comes later', async () => {
    const { queue, add, reports, clock } = queueOf();
    add(6);
    await Promise.all([queue.shutdown(), queue.shutdown()]);
    add(1);
    await clock.advance(10_000);
    expect([reports, clock.pendingTimers()]).toEqual([[4, 2], 0]);
    expect(queue.counts).toEqual({ reported: 6, waiting: 0, dropped: 1, failed: 0 });
  });

  it('ends a report that is not answered after 2 s, sends no other, and counts what is lost', async () => {
    const { queue, add, reports, signals, scene, clock } = queueOf();
    scene.answer = never;
    add(8);
    const closed = queue.shutdown();
    await clock.advance(2_000);
    await closed;
    await settle();
    expect([reports, signals[0]?.aborted, clock.pendingTimers()]).toEqual([[4], true, 0]);
    expect(queue.counts).toEqual({ reported: 0, waiting: 0, dropped: 0, failed: 8 });
  });
});
