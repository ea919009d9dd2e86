export { default, openRedisConfig } from './driver.js';
export * from './options.js';
