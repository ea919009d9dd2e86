export * from './driver.js';
export { default } from './driver.js';
export type { FileConfigOptions } from './options.js';
