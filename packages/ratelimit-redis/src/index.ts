export { default, openRedisRateLimits } from './driver.js';
export * from './options.js';
