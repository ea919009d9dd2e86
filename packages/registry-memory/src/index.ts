export { default, openMemoryRegistry } from './driver.js';
export * from './options.js';
