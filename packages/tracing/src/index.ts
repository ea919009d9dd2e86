export * from './create-tracer.js';
export * from './http-attributes.js';
export * from './span-kind.js';
export * from './tag-method.js';
export * from './trace-context.js';
export * from './trace-ids.js';
export * from './traceparent.js';
export * from './tracing-monitor.js';
