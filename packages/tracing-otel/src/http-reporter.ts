import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { messageOf } from '@weft/core';
import type { Collector } from './collector.js';
import type { Reporter, ReportResult } from './reporter.js';

/** How spans are put on the wire. */
export interface SpanFormat {
  /** The `content-type` header. */
  readonly contentType: string;
  /** The body of a report. */
  readonly encode: (spans: readonly ReadableSpan[]) => Uint8Array | string;
}

/** Answers after which another try makes sense. Source: OTLP 1.5, "Retryable response codes", and 408. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/**
 * Posts spans to a collector. It sets no timer: when to give up, and when to try again, is for whoever calls; a connection
 * ends with the signal. So nothing is left behind that would keep the process from ending, as `fetch` leaves its socket, and
 * OpenTelemetry's own exporters the timer of their next try.
 */
export class HttpReporter implements Reporter {
  readonly #collector: Collector;
  readonly #format: SpanFormat;

  constructor(collector: Collector, format: SpanFormat) {
    this.#collector = collector;
    this.#format = format;
  }

  /** Posts one report; redirects are not followed. */
  async report(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<ReportResult> {
    const { url } = this.#collector;
    const body = this.#format.encode(spans);
    const headers = {
      'content-type': this.#format.contentType,
      'content-length': Buffer.byteLength(body),
      ...this.#collector.headers,
    };
    return new Promise((resolve) => {
      const fail = (error: Error) => resolve({ error: reasonOf(error), isRetryable: true });
      const open = url.startsWith('https:') ? requestHttps : requestHttp;
      const request = open(url, { method: 'POST', headers, signal }, (response) => {
        response.on('error', fail).on('end', () => resolve(resultOf(response)));
        response.resume();
      });
      request.on('error', fail).end(body);
    });
  }
}

function resultOf({ statusCode = 0, headers }: IncomingMessage): ReportResult {
  if (statusCode >= 200 && statusCode < 300) return {};
  const seconds = Number(headers['retry-after']);
  return {
    error: `status ${statusCode}`,
    isRetryable: RETRYABLE.has(statusCode),
    ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }),
  };
}

/** A connection refused by every address of a name has a code, but no message. */
function reasonOf(error: Error): string {
  return 'code' in error ? String(error.code) : messageOf(error);
}
