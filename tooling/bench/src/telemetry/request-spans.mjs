import { HTTP_ATTRIBUTES, traceFromHeaders } from '@weft/tracing';
import { cpuNsPerCall } from '../cpu-per-call.mjs';
import { openReportedTracing } from './open-reported-tracing.mjs';

/** As many as go in one report. */
const BATCH = 512;

/**
 * What a span of a request costs the process that makes it, all of it: from the header of its caller by way of the attributes that a
 * service gives it to the report, which the collector has taken.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { isSampled } }) {
  const { tracer, flush, close } = await openReportedTracing();
  const headers = { traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${isSampled ? '01' : '00'}` };
  let made = 0;
  const make = async (/** @type {number} */ count) => {
    for (const end = made + count; made < end; made++) {
      makeSpan(tracer, headers);
      if (made % BATCH === BATCH - 1) await flush();
    }
  };
  await make(calls);
  const measure = async () => {
    const ns = await cpuNsPerCall(calls, make);
    await flush();
    const { reported } = tracer.stats();
    const expected = isSampled ? made : 0;
    if (reported !== expected) throw new Error(`the collector took ${reported} of ${expected} spans`);
    return { ns };
  };
  return { measure, close };
}

/**
 * @param {import('@weft/tracing').KindTracer} tracer
 * @param {import('@weft/core').HeaderMap} headers
 */
function makeSpan(tracer, headers) {
  tracer
    .startSpan('GET /users/:id', traceFromHeaders(headers), 'server')
    .setTag(HTTP_ATTRIBUTES.route, '/users/:id')
    .setTag('http.method', 'GET')
    .setTag('http.url', '/users/7')
    .setTag(HTTP_ATTRIBUTES.requestMethod, 'GET')
    .setTag(HTTP_ATTRIBUTES.urlPath, '/users/7')
    .setTag(HTTP_ATTRIBUTES.urlScheme, 'http')
    .setTag(HTTP_ATTRIBUTES.serverAddress, '127.0.0.1')
    .setTag(HTTP_ATTRIBUTES.serverPort, 8_080)
    .setTag(HTTP_ATTRIBUTES.responseStatusCode, 200)
    .finish();
}
