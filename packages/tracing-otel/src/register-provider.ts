import { ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import type { Logger } from '@weft/core';

/**
 * Makes a provider that of the OpenTelemetry API, unless there is another.
 * @returns takes it out again, if it is still the one
 */
export function registerProvider(provider: TracerProvider, logger: Logger): () => void {
  if (!trace.setGlobalTracerProvider(provider)) {
    logger.warn('Another tracer provider is registered with OpenTelemetry; it stays');
    return () => {};
  }
  return () => {
    const current = trace.getTracerProvider();
    if (current instanceof ProxyTracerProvider && current.getDelegate() === provider) trace.disable();
  };
}
