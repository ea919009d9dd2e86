export * from './config-client.js';
export * from './config-options.js';
