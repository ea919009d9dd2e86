export { default, openEtcdConfig } from './driver.js';
export * from './options.js';
