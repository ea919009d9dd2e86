import type { TracerProvider } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Random, systemRandom } from '@weft/core';
import { newSpanId, newTraceId, type TracerOptions } from '@weft/tracing';
import type { OtelTracingOptions } from './options.js';
import { everySpan, headSampler } from './samplers.js';

/** Where spans come from. */
export interface Providers {
  /** For our own tracer: a provider, and who chooses before it is asked. */
  readonly own: Pick<TracerOptions, 'tracerProvider' | 'sampler'>;
  /** For the instrumentation of others, which asks nobody else. */
  readonly foreign: TracerProvider;
}

/**
 * Providers of the SDK over one processor. Without a tail our own tracer chooses traces before they have an id: what is not
 * chosen costs less than a tenth of the SDK's own no. With one, every span is recorded.
 */
export function createProviders(
  { serviceName, sampler: ratio = 1, resource = {}, tail }: OtelTracingOptions,
  processor: SpanProcessor,
  random: Random | undefined,
): Providers {
  const facts = defaultResource().merge(resourceFromAttributes({ ...resource, 'service.name': serviceName }));
  const idGenerator = { generateTraceId: () => newTraceId(random), generateSpanId: () => newSpanId(random) };
  const providerWith = (sampler: Sampler) =>
    new BasicTracerProvider({ sampler, resource: facts, idGenerator, spanProcessors: [processor] });

  const head = headSampler(ratio);
  if (tail) {
    const foreign = providerWith(everySpan(head));
    return { own: { tracerProvider: foreign }, foreign };
  }
  const draw = random ?? systemRandom;
  const own = { tracerProvider: providerWith(new AlwaysOnSampler()), sampler: () => draw() < ratio };
  return { own, foreign: providerWith(head) };
}
