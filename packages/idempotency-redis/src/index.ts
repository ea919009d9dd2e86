export { default, openRedisIdempotency } from './driver.js';
export * from './options.js';
