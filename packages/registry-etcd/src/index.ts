export { default, openEtcdRegistry } from './driver.js';
export * from './options.js';
