export * from './connection-pool.js';
export type { ConnectionPoolOptions, PoolConnection } from './connection-pool-options.js';
export { httpDriver as default } from './driver.js';
export type { HttpConnection, HttpRequestOptions } from './http-connection.js';
export * from './http-transport.js';
export type { PoolStats } from './lender.js';
export * from './options.js';
