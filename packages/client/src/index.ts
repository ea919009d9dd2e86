export type { CallRequest } from './call.js';
export * from './client.js';
export * from './client-events.js';
export type {
  AttemptMiddleware,
  CallMiddleware,
  CallOptions,
  CircuitBreakerOption,
  ClientOptions,
  LoadBalancerOption,
} from './options.js';
export * from './response.js';
export * from './service-client.js';
export * from './service-discovery.js';
