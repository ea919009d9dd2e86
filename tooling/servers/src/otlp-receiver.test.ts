import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { OtlpReceiver } from './otlp-receiver.js';

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await OtlpReceiver.open();
  onTestFinished(() => receiver.close());
});

describe('a receiver of OTLP', () => {
  it('shows the spans that were reported to it, and whose they are', async () => {
    expect((await report(oneSpan('users'))).status).toBe(200);
    await report(gzipSync(oneSpan('orders')), { 'content-encoding': 'gzip' });
    await receiver.until(({ requests }) => requests.length === 2);
    const [span] = receiver.spansOf('orders');
    expect(receiver.spans).toHaveLength(2);
    expect(span).toMatchObject({
      traceId: '11'.repeat(16),
      spanId: '22'.repeat(8),
      parentSpanId: '',
      name: 'GET /users/:id',
      kind: 'server',
      resource: { 'service.name': 'orders' },
    });
  });

  it('takes nothing while it is told to fail, and keeps what it was sent', async () => {
    receiver.answer = 503;
    expect((await report(oneSpan('users'))).status).toBe(503);
    receiver.answer = 'never';
    const leaving = new AbortController();
    const unanswered = expect(report(oneSpan('users'), {}, leaving.signal)).rejects.toThrow();
    await receiver.until(({ requests }) => requests.length === 2);
    leaving.abort();
    await unanswered;
    expect([receiver.spans.length, receiver.requests.length]).toEqual([0, 2]);
  });

  it('refuses what is no OTLP', async () => {
    expect((await report(Buffer.from('{"no":"protobuf"}'))).status).toBe(400);
  });
});

function report(body: Buffer, headers: Record<string, string> = {}, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${receiver.url}/v1/traces`, { method: 'POST', body, headers, signal });
}

/** An `ExportTraceServiceRequest` with one span, written by hand: resource, scope, span. */
function oneSpan(service: string): Buffer {
  const attribute = [field(1, Buffer.from('service.name')), field(2, field(1, Buffer.from(service)))];
  const resource = field(1, field(1, ...attribute));
  const span = [
    field(1, Buffer.alloc(16, 0x11)),
    field(2, Buffer.alloc(8, 0x22)),
    field(5, Buffer.from('GET /users/:id')),
    Buffer.from([6 << 3, 2]),
  ];
  return field(1, resource, field(2, field(2, ...span)));
}

/** A field with a length of less than 128 bytes. */
function field(number: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}
