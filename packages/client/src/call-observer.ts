import { type Clock, hideSecrets, type Metrics, messageOf, REDACTED, type Span, type TraceContext, WeftError } from '@weft/core';
import { HTTP_ATTRIBUTES, type KindTracer, methodInName, tagMethod } from '@weft/tracing';
import { type Call, withoutQuery } from './call.js';
import type { CallRequest } from './call-request.js';
import { invoke } from './invoke.js';
import type { Response } from './response.js';

/** The label of calls to routes that no policy names: paths with ids in them would make a series each. */
const NO_ROUTE = 'unmatched';
const FAILING_STATUS = 500;

/** What a call is told to. */
export interface CallObserverParts {
  readonly tracer: KindTracer | undefined;
  readonly metrics: Metrics | undefined;
  readonly clock: Clock;
}

/**
 * Tells what becomes of calls: a client span each, with every try that was not the last; counter `service.calls`, histogram
 * `service.call_duration` in seconds (S162, S163), and `client.retries` and `client.errors` by code.
 *
 * Source of the attributes: OpenTelemetry semantic conventions, HTTP client spans; S97 for the seed's tags.
 */
export class CallObserver {
  readonly #parts: CallObserverParts;

  constructor(parts: CallObserverParts) {
    this.#parts = parts;
  }

  /** Makes a call and tells of it. @throws what it fails with */
  async observe(request: CallRequest, service: string, begin: (trace?: TraceContext) => Call): Promise<Response> {
    const { tracer, clock } = this.#parts;
    const startedAt = clock.now();
    const span = tracer && startSpan(tracer, request, service);
    let call: Call | undefined;
    try {
      call = begin(span?.context);
      const response = await invoke(call);
      if (span) tellAnswer(span, request, response);
      this.#count(request, service, call, startedAt, response.statusCode < FAILING_STATUS);
      return response;
    } catch (error) {
      if (span) tellFailure(span, error);
      this.#parts.metrics?.increment('client.errors', { target_service: service, code: WeftError.from(error).code });
      this.#count(request, service, call, startedAt, false);
      throw error;
    } finally {
      span?.finish();
    }
  }

  #count({ method }: CallRequest, service: string, call: Call | undefined, startedAt: number, isSuccess: boolean): void {
    const { metrics, clock } = this.#parts;
    if (!metrics) return;
    const path = call?.plan.route ?? NO_ROUTE;
    metrics.increment('service.calls', { target_service: service, method, path, success: String(isSuccess) });
    metrics.histogram('service.call_duration', (clock.now() - startedAt) / 1_000, { target_service: service });
    if (call && call.made > 1) metrics.increment('client.retries', { target_service: service }, call.made - 1);
  }
}

function startSpan(tracer: KindTracer, { method, path }: CallRequest, service: string): Span {
  const span = tracer.startSpan(`${methodInName(method)} ${service}`, undefined, 'client');
  return tagMethod(span, method)
    .setTag('http.method', method)
    .setTag('http.url', path.startsWith('/') ? withoutQuery(path) : REDACTED)
    .setTag('peer.service', service);
}

function tellAnswer(span: Span, { path }: CallRequest, { statusCode, instance, attempts, degraded }: Response): void {
  const { host, endpoints } = instance;
  const { protocol, port } = endpoints[0];
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  span.setTag(HTTP_ATTRIBUTES.serverAddress, host).setTag(HTTP_ATTRIBUTES.serverPort, port);
  span.setTag(HTTP_ATTRIBUTES.urlFull, `${protocol}://${authority}${withoutQuery(path)}`);
  if (attempts.length > 1) span.setTag(HTTP_ATTRIBUTES.requestResendCount, attempts.length - 1);
  span.setTag(HTTP_ATTRIBUTES.responseStatusCode, statusCode);
  if (degraded) span.setTag('degraded', true);
  for (const { instance: id, outcome } of attempts.slice(0, -1)) span.logKV('retry', `${id}: ${outcome}`);
  if (statusCode >= 400) span.setTag(HTTP_ATTRIBUTES.errorType, String(statusCode));
  if (statusCode >= FAILING_STATUS) span.setTag('error', true);
}

function tellFailure(span: Span, error: unknown): void {
  const failure = WeftError.from(error);
  for (const { instance, outcome } of failure.attempts) span.logKV('retry', `${instance}: ${outcome}`);
  span
    .setTag(HTTP_ATTRIBUTES.errorType, failure.code)
    .setTag('error', true)
    .logKV('error', hideSecrets(messageOf(error)));
}
