export * from './cached-client.js';
export * from './cached-response.js';
export * from './request-cache.js';
export type { RequestCacheOptions } from './request-cache-options.js';
