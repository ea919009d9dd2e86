export * from './driver.js';
export { default } from './driver.js';
export type { MemoryConfigOptions } from './options.js';
