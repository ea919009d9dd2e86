import { resourceFromAttributes } from '@opentelemetry/resources';
import { settle, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { OtlpPush } from './otlp-push.js';
import { recordingLogger } from './recording-logger.fixture.js';

/** A collector whose answers are up to the test. */
function openPush(answer: () => Promise<void> = async () => {}) {
  const clock = virtualClock();
  const { logger, lines } = recordingLogger();
  const collector = { sent: 0, cuts: 0, answer };
  const exporter = {
    send: () => {
      collector.sent++;
      return collector.answer();
    },
    cut: () => void collector.cuts++,
  };
  const read = () => ({ resource: resourceFromAttributes({}), scopeMetrics: [] });
  const push = new OtlpPush(exporter, read, { address: 'http://collector', intervalMs: 10_000, clock, logger });
  return { push, clock, lines, collector };
}

/** An answer that comes when the test says so. */
function held() {
  let arrive = () => {};
  const answer = () =>
    new Promise<void>((resolve) => {
      arrive = resolve;
    });
  return { answer, arrive: () => arrive() };
}

const never = () => new Promise<void>(() => {});
const fail = () => Promise.reject(new Error('refused'));

describe('the push to a collector', () => {
  it('is made at its interval, and not before', async () => {
    const { clock, collector } = openPush();
    await clock.advance(9_999);
    expect(collector.sent).toBe(0);
    await clock.advance(1);
    expect(collector.sent).toBe(1);
    await clock.advance(30_000);
    expect(collector.sent).toBe(4);
  });

  it('is given up after 2 s, so that the next one is made as if nothing were', async () => {
    const { clock, collector } = openPush(never);
    await clock.advance(11_999);
    expect(collector.cuts).toBe(0);
    await clock.advance(1);
    expect(collector.cuts).toBe(1);
    await clock.advance(20_000);
    expect(collector).toMatchObject({ sent: 3, cuts: 3 });
  });

  it('logs that the collector is lost and that it is back, once each', async () => {
    const { clock, collector, lines } = openPush(fail);
    await clock.advance(50_000);
    expect(collector.sent).toBe(5);
    collector.answer = async () => {};
    await clock.advance(50_000);
    collector.answer = never;
    await clock.advance(22_000);
    expect(lines).toEqual([
      'warn metrics cannot be sent; trying on {"address":"http://collector","error":"refused"}',
      'info metrics are sent again {"address":"http://collector"}',
      'warn metrics cannot be sent; trying on {"address":"http://collector","error":"no answer within 2000 ms"}',
    ]);
  });

  it('survives an exporter that throws', async () => {
    const { clock, collector, lines } = openPush(() => {
      throw new Error('broken');
    });
    await clock.advance(20_000);
    expect(collector.sent).toBe(2);
    expect(lines).toHaveLength(1);
  });
});

describe('flush', () => {
  it('sends at once, and resolves when that has arrived', async () => {
    const { answer, arrive } = held();
    const { push, clock, collector } = openPush(answer);
    const flushing = push.flush();
    await settle();
    expect(collector.sent).toBe(1);
    expect(await Promise.race([flushing, 'waiting'])).toBe('waiting');
    arrive();
    await flushing;
    expect(clock.now()).toBe(1_000);
  });

  it('takes 2 s when nothing answers, and does not reject', async () => {
    const { push, clock } = openPush(never);
    const flushing = push.flush();
    await clock.advance(2_000);
    await expect(flushing).resolves.toBeUndefined();
  });

  it('waits its turn while a push is under way; many that wait are one', async () => {
    const { answer, arrive } = held();
    const { push, clock, collector } = openPush(answer);
    await clock.advance(10_000);
    const flushing = Promise.all([push.flush(), push.flush(), push.flush()]);
    await settle();
    expect(collector.sent).toBe(1);
    arrive();
    await settle();
    expect(collector.sent).toBe(2);
    arrive();
    await flushing;
  });
});

describe('close', () => {
  it('sends a last time, ends what is open, and leaves no timer', async () => {
    const { push, clock, collector } = openPush();
    await push.close();
    expect(collector).toMatchObject({ sent: 1, cuts: 1 });
    expect(clock.pendingTimers()).toBe(0);
    await push.close();
    await clock.advance(60_000);
    expect(collector.sent).toBe(1);
  });

  it('takes 2 s at most, also while a push is under way, and nothing is sent or logged after it', async () => {
    const { push, clock, collector, lines } = openPush(never);
    await clock.advance(10_500);
    const closing = push.close();
    await clock.advance(2_000);
    await closing;
    const { sent } = collector;
    const told = lines.length;
    await clock.advance(60_000);
    expect(collector.sent).toBe(sent);
    expect(lines).toHaveLength(told);
    expect(clock.pendingTimers()).toBe(0);
  });
});
