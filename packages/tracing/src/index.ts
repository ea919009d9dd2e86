export * from './create-tracer.js';
export * from './trace-context.js';
export * from './traceparent.js';
