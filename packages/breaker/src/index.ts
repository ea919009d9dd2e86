export * from './availability-event.js';
export * from './availability-set.js';
export * from './circuit-breaker.js';
export type { BreakerMode, CircuitBreakerOptions, SlowCallOptions } from './circuit-breaker-options.js';
export type { Flight } from './flight-list.js';
export type { InstanceState, Judgement } from './instance-health.js';
export {
  type OutlierOptions,
  type OutlierSettings,
  parseOutlierOptions,
  type SlowOptions,
  type SlowSettings,
} from './outlier-options.js';
export type { Trip } from './trip.js';
