export * from './describe-instance.js';
export * from './parse-instance.js';
export * from './registration.js';
export { type CacheStats, Registry } from './registry.js';
export * from './registry-options.js';
export * from './service-info.js';
export type { ServiceView } from './service-view.js';
export type { ServiceEvent } from './service-watch.js';
export * from './supervise-driver.js';
