import { hideSecrets, messageOf, type Span } from '@weft/core';

/** What an answer is looked at for; the client's `Response` is one. */
export interface MonitoredResponse {
  /** HTTP status. */
  readonly statusCode: number;
  /** Length of the body in bytes. */
  readonly size: number;
}

/** Writes into a span what is called and what came back, in the seed's words (S165-S167). */
export class TracingMonitor {
  /** Before the call: what is called. Of the path without its query, which may hold secrets. */
  monitorServiceCall(span: Span, targetService: string, method: string, path: string): void {
    span.setTag('service.call.target', targetService);
    span.setTag('service.call.method', method);
    span.setTag('service.call.path', path.replace(/[?#].*$/s, ''));
    span.logKV('event', 'service_call_start');
  }

  /** After it: what came back, or what went wrong. The span is not ended. */
  monitorServiceResponse(span: Span, response: MonitoredResponse | undefined, error?: unknown): void {
    const failure = error ?? (response ? undefined : 'no response');
    if (failure !== undefined) span.setTag('error', true).logKV('error', hideSecrets(messageOf(failure)));
    else if (response) span.setTag('response.status', response.statusCode).logKV('response.size', response.size);
    span.logKV('event', 'service_call_end');
  }
}
