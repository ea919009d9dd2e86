export { default, openRedisRegistry } from './driver.js';
export * from './options.js';
