import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualClock } from '@weft/conformance';
import { OtlpReceiver } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingLogger } from '../test/recording-logger.js';
import { openOtelTracing } from './driver.js';

/** Tracing into a collector, on a virtual clock that moves only when it is told to. */
async function tracedTo(receiver: OtlpReceiver | undefined, url = receiver?.url ?? '') {
  const clock = virtualClock();
  const logger = recordingLogger();
  const tracing = openOtelTracing({ serviceName: 'users', reporter: { url } }, { clock, logger });
  onTestFinished(async () => {
    const closed = tracing.close();
    await clock.advance(2_000);
    await closed;
    await receiver?.close();
  });
  const spans = (count: number) => {
    for (let n = 0; n < count; n++) tracing.tracer.startSpan(`span ${n}`).finish();
  };
  return { clock, logger, spans, ...tracing };
}

describe('a collector that does not do its part (R78)', () => {
  it('is down: spans wait for it until it is back', async () => {
    const first = await OtlpReceiver.open();
    const { port, url } = first;
    await first.close();
    const { spans, flush, tracer, logger } = await tracedTo(undefined, url);
    spans(3);
    await flush();
    expect(tracer.stats()).toMatchObject({ reported: 0, waiting: 3, failed: 0 });
    expect(logger.lines.map(({ fields }) => fields)).toEqual([{ collector: `${url}/v1/traces`, error: 'ECONNREFUSED' }]);
    const second = await OtlpReceiver.open(port);
    onTestFinished(() => second.close());
    await flush();
    expect(second.spans.map(({ name }) => name)).toEqual(['span 0', 'span 1', 'span 2']);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('is overloaded: spans wait for it', async () => {
    const receiver = await OtlpReceiver.open();
    const { spans, flush, tracer, clock } = await tracedTo(receiver);
    receiver.answer = 503;
    spans(3);
    await flush();
    expect(tracer.stats()).toMatchObject({ reported: 0, waiting: 3 });
    receiver.answer = 'take';
    await clock.advance(2_000);
    await receiver.until(() => receiver.spans.length === 3);
    expect(receiver.requests).toHaveLength(2);
  });

  it('answers 500: those spans are lost and counted, the next are taken', async () => {
    const receiver = await OtlpReceiver.open();
    const { spans, flush, tracer, logger } = await tracedTo(receiver);
    receiver.answer = 500;
    for (let report = 0; report < 3; report++) {
      spans(2);
      await flush();
    }
    receiver.answer = 'take';
    spans(1);
    await flush();
    expect(tracer.stats()).toMatchObject({ reported: 1, waiting: 0, failed: 6 });
    expect(logger.lines.map(({ level, fields }) => [level, fields.error])).toEqual([
      ['warn', 'status 500'],
      ['info', undefined],
    ]);
  });

  it('is slow: its answer is waited for', async () => {
    const receiver = await OtlpReceiver.open();
    const { spans, flush, tracer } = await tracedTo(receiver);
    receiver.delayMs = 100;
    spans(2);
    await flush();
    expect(tracer.stats()).toMatchObject({ reported: 2, waiting: 0 });
  });

  it('never answers: the queue stays bounded, drops are counted, and the stop takes 2 s and leaves no connection', async () => {
    const receiver = await OtlpReceiver.open();
    const { spans, close, tracer, clock, logger } = await tracedTo(receiver);
    receiver.answer = 'never';
    spans(3_000);
    expect(tracer.stats()).toMatchObject({ waiting: 2_048, dropped: 952 });
    await clock.advance(0);
    await receiver.until(({ requests }) => requests.length === 1);
    const closed = close();
    await clock.advance(1_999);
    expect(await receiver.connections()).toBe(1);
    await clock.advance(1);
    await closed;
    expect(tracer.stats()).toMatchObject({ waiting: 0, dropped: 952, failed: 2_048 });
    while ((await receiver.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect([receiver.requests.length, clock.pendingTimers()]).toEqual([1, 0]);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  it('sends the reporter elsewhere: it does not follow, for its headers are not for others', async () => {
    const elsewhere = await OtlpReceiver.open();
    const server = createServer((_, response) => response.writeHead(307, { location: `${elsewhere.url}/v1/traces` }).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { spans, flush, tracer } = await tracedTo(elsewhere, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    spans(1);
    await flush();
    expect([tracer.stats().failed, elsewhere.requests]).toEqual([1, []]);
  });

  it('breaks off in the middle of its answer: the report is tried again', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { spans, flush, tracer } = await tracedTo(undefined, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    spans(1);
    await flush();
    expect(tracer.stats()).toMatchObject({ reported: 0, waiting: 1, failed: 0 });
  });
});
