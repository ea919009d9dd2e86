export { httpDriver as default } from './driver.js';
export * from './http-transport.js';
export * from './options.js';
