import type { Tracer } from '@weft/core';
import { configSchema } from './config-schema.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import { withClose } from './open-alone.js';
import { openSystem } from './open-system.js';
import { checkConfig } from './parse-config.js';
import type { TracingSection } from './weft-config.js';

/** A tracer that closes what was opened for it: what is recorded is sent first. */
export type OwnedTracer = Tracer & { close(): Promise<void> };

/**
 * A tracer. With a sampler or a reporter it needs `@weft/tracing-otel`; without, spans go to the OpenTelemetry provider
 * that the process has registered, if any.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export async function createTracer(config: TracingSection = {}, options: CreateOptions = {}): Promise<OwnedTracer> {
  const checked = checkConfig(configSchema, { tracing: config });
  const system = await openSystem(blueprintOf('createTracer', checked, ['tracing'], options));
  await system.lifeCycle.start();
  return withClose(system.tracer, () => system.lifeCycle.stop());
}
