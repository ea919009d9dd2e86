import { z } from 'zod';
import { block, expected, flag, oneOf, openBlock, port, ratio, text } from './schema-parts.js';

const optional = z.exactOptional;

/** Schema of the `tracing` block; keys beyond these belong to the driver. */
export const tracingBlock = openBlock(
  {
    enabled: optional(flag),
    driver: optional(text),
    from: optional(text),
    serviceName: optional(text),
    sampler: optional(ratio),
    reporter: optional(openBlock({ type: optional(text), url: optional(text) })),
  },
  { slot: 'tracing', fallback: 'otel' },
);

/** Schema of a level of the log. */
export const logLevel = oneOf('debug', 'info', 'warn', 'error', 'silent');

/** Schema of the `logging` block; keys beyond these belong to the driver. */
export const loggingBlock = openBlock(
  {
    driver: optional(text),
    from: optional(text),
    level: optional(logLevel),
    redact: optional(z.array(text, expected('a list of keys'))),
    secrets: optional(z.array(text, expected('a list of texts'))),
    pretty: optional(flag),
  },
  { slot: 'logging', fallback: null },
);

/** Schema of the `metrics` block; keys beyond these belong to the driver. */
export const metricsBlock = openBlock(
  { enabled: optional(flag), driver: optional(text), from: optional(text) },
  { slot: 'metrics', fallback: 'otel' },
);

/** Schema of a block that any driver's options may stand in. */
export const driverBlock = openBlock({ enabled: optional(flag), driver: optional(text), from: optional(text) });

/** Schema of the `serviceMesh` block. */
export const serviceMeshBlock = block({
  enabled: optional(flag),
  sidecar: optional(flag),
  proxy: optional(block({ port: optional(port), adminPort: optional(port) })),
  tracing: optional(tracingBlock),
});

/** Schema of the `admin` block. */
export const adminBlock = openBlock({
  enabled: optional(flag),
  host: optional(text),
  port: optional(port),
  token: optional(text),
});
