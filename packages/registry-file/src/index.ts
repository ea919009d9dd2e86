export { default, openFileRegistry } from './driver.js';
export * from './options.js';
export * from './weft-folder.js';
