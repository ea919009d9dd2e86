export { default, openOpossumBreaker } from './driver.js';
export * from './options.js';
