export type * from './cli-io.js';
export { main } from './main.js';
export { run } from './run.js';
