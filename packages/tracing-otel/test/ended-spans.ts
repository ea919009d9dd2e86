import { type Attributes, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** `count` spans of the SDK that have ended, with everything that a span can have. */
export function endedSpans(count: number, facts: Attributes = { 'service.name': 'users', 'service.version': '1.2.0' }) {
  const ended: ReadableSpan[] = [];
  const processor = {
    onStart() {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({ spanProcessors: [processor], resource: resourceFromAttributes(facts) });
  for (let n = 0; n < count; n++) endOne(provider, n);
  return ended;
}

function endOne(provider: BasicTracerProvider, n: number): void {
  const tracer = n % 2 === 0 ? provider.getTracer('users') : provider.getTracer('pg', '8.11.0');
  const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED };
  const attributes: Attributes = {
    ...{ text: 'grüße 🙂', empty: '', long: 'x'.repeat(20_000), '': 'no name' },
    ...{ zero: 0, small: 127, large: 128, huge: Number.MAX_SAFE_INTEGER, negative: -1, least: Number.MIN_SAFE_INTEGER },
    ...{ fraction: 0.1, tooLarge: 2 ** 60, yes: true, no: false },
    ...{ words: ['a', 'b'], numbers: [1, -2, 0.5], flags: [true, false], none: [] },
  };
  const span = tracer.startSpan(`span ${n}`, { kind: SpanKind.CLIENT, attributes, links: [{ context, attributes: { of: n } }] });
  span.addEvent('error', { error: 'Validation failed' });
  span.addEvent('bare');
  if (n % 3 === 0) span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
  span.end();
}
