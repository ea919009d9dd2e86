export type { BreakerFeatures } from './breaker-case.js';
export type { BreakerSuiteOptions } from './breaker-scene.js';
export * from './breaker-suite.js';
export * from './fixed-registry.js';
export * from './scripted-transport.js';
export * from './transport-suite.js';
export * from './virtual-clock.js';
