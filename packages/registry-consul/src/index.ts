export { default, openConsulRegistry } from './driver.js';
export * from './options.js';
