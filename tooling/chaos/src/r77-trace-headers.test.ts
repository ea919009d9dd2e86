import { once } from 'node:events';
import { connect } from 'node:net';
import type { Client } from '@weft/client';
import { Service } from '@weft/service';
import { type OtelTracing, openOtelTracing } from '@weft/tracing-otel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKEN_STATES, GARBAGE_PARENTS, NO_PARENT, NOT_HTTP, VALID } from './trace-header-samples.js';
import { Wire } from './wire.js';

const VALID_TRACE = VALID.slice(3, 35);
/** What a request may send on at most, in bytes. */
const MOST_SENT = 8_192;

describe('R77 a service that is sent trace headers of all kinds, and calls another one', () => {
  const wire = new Wire();
  let tracing: OtelTracing;
  let service: Service;
  let client: Client;
  /** The headers of the last call that the other service got, names and values in turn. */
  let passedOn: readonly string[] = [];

  beforeAll(async () => {
    tracing = openOtelTracing({ serviceName: 'gateway', reporter: { type: 'memory' } });
    const { tracer } = tracing;
    const other = await wire.serve((request, response) => {
      passedOn = request.rawHeaders;
      response.end('{}');
    });
    client = wire.call([other.port], { tracer });
    service = new Service({ name: 'gateway', limits: { headerBytes: 128 * 1_024 }, tracer });
    service.addHandler('GET /in', async ({ span }) => {
      await client.get('/things');
      return { traceId: span.context.traceId };
    });
    await service.start();
  });
  afterAll(async () => {
    await service.stop({ immediate: true });
    await tracing.close();
    await wire.close();
  });

  /** Sends a request with those header lines as they are, one byte per character. */
  async function asked(lines: string) {
    passedOn = [];
    const socket = connect(service.port ?? 0, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.write(`GET /in HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines}\r\n\r\n`, 'latin1');
    await once(socket, 'close');
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
    return { status, traceId: /"traceId":"([0-9a-f]{32})"/.exec(answer)?.[1] ?? '', passedOn: headersOf(passedOn) };
  }

  it.each([
    ['garbage in traceparent', GARBAGE_PARENTS.map((value) => `traceparent: ${value}`)],
    ['no valid traceparent beside anything else', NO_PARENT],
  ])('is well with %s: it starts a new trace, and passes on that one alone', async (_, samples) => {
    const traces = new Set<string>();
    for (const sample of samples) {
      const { status, traceId, passedOn: sent } = await asked(sample);
      const which = sample.slice(0, 120);
      expect(status, which).toBe(200);
      expect(sample.toLowerCase(), which).not.toContain(traceId);
      traces.add(traceId);
      expect(sent.get('traceparent'), which).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
      expect([...sent.keys()], which).not.toContain('tracestate');
      expect([...sent.keys()], which).not.toContain('baggage');
      expect(bytesOf(sent), which).toBeLessThan(MOST_SENT);
    }
    await tracing.flush();
    const roots = tracing.tracer.spans().filter((span) => span.kind === 'server' && traces.has(span.traceId));
    expect([traces.size, roots.length]).toEqual([samples.length, samples.length]);
    for (const root of roots) expect(root.parentSpanId).toBeUndefined();
  });

  it('goes on with a valid traceparent beside a broken tracestate or a huge baggage, and passes neither of them on', async () => {
    for (const sample of BROKEN_STATES) {
      const { status, traceId, passedOn: sent } = await asked(`traceparent: ${VALID}\r\n${sample}`);
      const which = sample.slice(0, 120);
      expect([status, traceId], which).toEqual([200, VALID_TRACE]);
      expect(sent.get('traceparent'), which).toMatch(new RegExp(`^00-${VALID_TRACE}-[0-9a-f]{16}-01$`));
      expect([...sent.keys()], which).not.toContain('tracestate');
      expect(bytesOf(sent), which).toBeLessThan(MOST_SENT);
    }
  });

  it('refuses what is no HTTP, and lets no header be made of a header', async () => {
    for (const sample of NOT_HTTP) {
      const { status, passedOn: sent } = await asked(sample);
      expect([400, 200], JSON.stringify(sample)).toContain(status);
      expect([...sent.keys()], JSON.stringify(sample)).not.toContain('x-injected');
    }
    expect((await asked(`traceparent: ${VALID}`)).traceId).toBe(VALID_TRACE);
  });

  it('has tried fifty samples', () => {
    expect(GARBAGE_PARENTS.length + NO_PARENT.length + BROKEN_STATES.length + NOT_HTTP.length).toBeGreaterThanOrEqual(50);
  });
});

function headersOf(flat: readonly string[]): Map<string, string> {
  return new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), flat[at + 1] ?? '']] : [])));
}

function bytesOf(headers: ReadonlyMap<string, string>): number {
  return [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}
