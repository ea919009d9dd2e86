import { context, propagation, SpanStatusCode } from '@opentelemetry/api';
import { BatchSpanProcessor, NodeTracerProvider, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { Agent, request } from 'undici';
import { CONCURRENCY, clientVariant } from '../concurrent-calls.mjs';
import { USER_PATH } from '../user-answer.mjs';

const LOOKUP_TTL_MS = 30_000;
const retries = { retries: 2, minTimeout: 25 };

/**
 * What a team puts together: a cached lookup, round robin, a breaker per instance, retries, and tracing of one call in ten.
 * An instance is a URL, as a lookup gives it; undici's agent finds the pool for it.
 * @param {import('../area.mjs').Setting} setting
 */
export async function open({ origins }) {
  const { tracer, shutDown } = openTracing();
  const dispatcher = new Agent({ connections: CONCURRENCY });
  const upstreams = origins.slice(0, 3).map((origin) => openUpstream(origin, dispatcher));
  const lookup = cachedLookup(async () => upstreams);
  let turn = 0;

  const attempt = async () => {
    const found = await lookup();
    const upstream = /** @type {Upstream} */ (found[turn++ % found.length]);
    /** @type {Record<string, string>} */
    const headers = {};
    propagation.inject(context.active(), headers);
    return upstream.breaker.fire(headers);
  };

  const call = () =>
    tracer.startActiveSpan('GET users', async (span) => {
      try {
        return await pRetry(attempt, retries);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });

  return clientVariant(call, async () => {
    for (const { breaker } of upstreams) breaker.shutdown();
    await dispatcher.close();
    await shutDown();
  });
}

/** @typedef {ReturnType<typeof openUpstream>} Upstream */

/**
 * @param {string} origin
 * @param {Agent} dispatcher
 */
function openUpstream(origin, dispatcher) {
  const send = async (/** @type {Record<string, string>} */ headers) => {
    const { body } = await request(`${origin}${USER_PATH}`, { dispatcher, headers });
    return body.json();
  };
  return { breaker: new CircuitBreaker(send) };
}

/** Samples one call in ten; spans are batched and then dropped. */
function openTracing() {
  const exporter = {
    /** @type {import('@opentelemetry/sdk-trace-node').SpanExporter['export']} */
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
  };
  const provider = new NodeTracerProvider({
    sampler: new TraceIdRatioBasedSampler(0.1),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return { tracer: provider.getTracer('bench'), shutDown: () => provider.shutdown() };
}

/**
 * @template T
 * @param {() => Promise<T>} look
 * @returns {() => Promise<T>}
 */
function cachedLookup(look) {
  /** @type {{ value: T, untilAt: number } | undefined} */
  let cached;
  return async () => {
    if (!cached || cached.untilAt < Date.now()) cached = { value: await look(), untilAt: Date.now() + LOOKUP_TTL_MS };
    return cached.value;
  };
}
