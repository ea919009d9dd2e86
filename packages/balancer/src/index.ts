export * from './create-load-balancer.js';
export * from './least-connections.js';
export type { LoadBalancerOptions } from './load-balancer-options.js';
export * from './random-choice.js';
export * from './round-robin.js';
export type { Selectable } from './standalone-handle.js';
export * from './weighted.js';
