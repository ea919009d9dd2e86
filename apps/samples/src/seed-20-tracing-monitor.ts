import type { Response } from '@weft/client';
import { messageOf, type Span } from '@weft/core';

/** Writes into a span what is called and what came back. */
export class TracingMonitor {
  /** Before the call. */
  monitorServiceCall(span: Span, targetService: string, method: string, path: string): void {
    span.setTag('service.call.target', targetService);
    span.setTag('service.call.method', method);
    span.setTag('service.call.path', path);
    span.logKV('event', 'service_call_start');
  }

  /** After it: with its answer, or with what went wrong. */
  monitorServiceResponse(span: Span, response: Response | undefined, error?: unknown): void {
    if (response) span.setTag('response.status', response.statusCode).logKV('response.size', response.size);
    else span.setTag('error', true).logKV('error', messageOf(error));
    span.logKV('event', 'service_call_end');
  }
}
