export { default } from './driver.js';
export type { MetricDescription } from './known-metrics.js';
export * from './options.js';
export * from './otel-metrics.js';
