export { memoryDriver as default } from './driver.js';
export * from './open-memory-transport.js';
export * from './options.js';
