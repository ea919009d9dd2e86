export type { CallOptions } from './call-options.js';
export type { CallRequest } from './call-request.js';
export * from './client.js';
export * from './client-events.js';
export type {
  AttemptMiddleware,
  CallMiddleware,
  CircuitBreakerOption,
  ClientOptions,
  LoadBalancerOption,
} from './options.js';
export * from './response.js';
export * from './service-client.js';
export * from './service-discovery.js';
