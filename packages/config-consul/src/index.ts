export { default, openConsulConfig } from './driver.js';
export * from './options.js';
