export { default, type OtelTracer, type OtelTracing, type OtelTracingParts, openOtelTracing } from './driver.js';
export type * from './finished-span.js';
export * from './options.js';
export type * from './tracing-stats.js';
