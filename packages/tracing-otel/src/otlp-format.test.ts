import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { seededRandom } from '@weft/conformance';
import { OtlpReceiver, type ReceivedSpan, readSpans } from '@weft-tooling/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endedSpans } from '../test/ended-spans.js';
import { otlpFormat } from './otlp-format.js';

function decoded(spans: readonly ReadableSpan[]): readonly ReceivedSpan[] {
  return readSpans(Buffer.from(otlpFormat.encode(spans)));
}

/** A span of the SDK that says other things. */
function changed(members: Partial<Record<keyof ReadableSpan, unknown>>): ReadableSpan {
  const descriptors = Object.entries(members).map(([name, value]) => [name, { value }]);
  return Object.create(endedSpans(1)[0] ?? null, Object.fromEntries(descriptors));
}

/** What OpenTelemetry's own exporter sends. */
async function exported(spans: ReadableSpan[], compression?: 'gzip'): Promise<readonly ReceivedSpan[]> {
  const receiver = await OtlpReceiver.open();
  onTestFinished(() => receiver.close());
  const url = `${receiver.url}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, ...(compression && { compression: compression as never }) });
  await new Promise((resolve) => exporter.export(spans, resolve));
  await exporter.shutdown();
  if (compression) expect(receiver.requests[0]?.headers['content-encoding']).toBe(compression);
  return receiver.spans;
}

describe('OTLP', () => {
  it('says what OpenTelemetry’s own exporter says, field by field', async () => {
    const spans = endedSpans(4);
    expect(decoded(spans)).toHaveLength(4);
    expect(decoded(spans)).toEqual(await exported(spans));
  });

  it('keeps the spans of several processes apart', () => {
    const spans = [...endedSpans(2, { 'service.name': 'a' }), ...endedSpans(1, { 'service.name': 'b' })];
    expect(decoded(spans).map(({ name, scope, resource }) => [name, scope, resource['service.name']])).toEqual([
      ['span 0', 'users', 'a'],
      ['span 1', 'pg 8.11.0', 'a'],
      ['span 0', 'users', 'b'],
    ]);
  });

  it('has values of every kind, to the last digit', () => {
    const [span] = decoded(endedSpans(1));
    expect(span?.attributes).toMatchObject({
      ...{ text: 'grüße 🙂', empty: '', long: 'x'.repeat(20_000) },
      ...{ zero: 0, small: 127, large: 128, huge: Number.MAX_SAFE_INTEGER, negative: -1, least: Number.MIN_SAFE_INTEGER },
      ...{ fraction: 0.1, tooLarge: 2 ** 60, yes: true, no: false },
      ...{ words: ['a', 'b'], numbers: [1, -2, 0.5], flags: [true, false], none: [] },
    });
    expect(span).toMatchObject({
      kind: 'client',
      status: { code: 'error', message: 'it broke' },
      links: [{ attributes: { of: 0 } }],
    });
  });

  it('has instants to the nanosecond', () => {
    const seed = 20_261_123;
    const random = seededRandom(seed);
    const drawn = Array.from({ length: 500 }, (): [number, number] => [
      Math.floor(random() * 4e9),
      Math.floor(random() * 1_000_000_000),
    ]);
    const instants: [number, number][] = [...drawn, [0, 0], [0, 999_999_999], [4, 294_967_295], [4, 294_967_296]];
    const seen = decoded(instants.map((startTime) => changed({ startTime })));
    const nanos = instants.map(([seconds, rest]) => BigInt(`${seconds}${String(rest).padStart(9, '0')}`));
    expect(
      seen.map(({ startNanos }) => startNanos),
      `seed ${seed}`,
    ).toEqual(nanos);
  });

  it('has texts of every length, whatever they are made of', () => {
    const texts = ['x', 'ü', '🙂'].flatMap((char) => Array.from({ length: 200 }, (_, length) => `${'a'.repeat(length)}${char}`));
    const attributes = Object.fromEntries(texts.map((text, index) => [`text ${index}`, text]));
    expect(decoded([changed({ attributes })])[0]?.attributes).toEqual(attributes);
  });

  it('has spans of which hardly anything is known, and ids in capitals', () => {
    const context = { traceId: '0AF7651916CD43DD8448EB211C80319C', spanId: 'B7AD6B7169203331', traceFlags: 1 };
    const bare = changed({ name: '', attributes: {}, events: [], links: [], spanContext: () => context });
    const [seen, next] = decoded([bare, ...endedSpans(1)]);
    expect(seen).toMatchObject({ traceId: context.traceId.toLowerCase(), spanId: context.spanId.toLowerCase(), attributes: {} });
    expect(next?.name).toBe('span 0');
  });
});

describe('the receiver for tests', () => {
  it('reads zipped reports', async () => {
    const spans = endedSpans(1);
    expect(await exported(spans, 'gzip')).toEqual(decoded(spans));
  });

  it('refuses what is no report', async () => {
    const receiver = await OtlpReceiver.open();
    onTestFinished(() => receiver.close());
    const { status } = await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: 'garbage' });
    expect([status, receiver.spans.length]).toEqual([400, 0]);
  });
});
