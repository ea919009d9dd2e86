export type { Caller } from '@weft/core';
export * from './audit.js';
export * from './bearer-auth.js';
export * from './compress.js';
export * from './mutual-auth.js';
export * from './request-log.js';
export { callerOf, type MiddlewareRequest, type RequestMiddleware } from './request-middleware.js';
export * from './security-headers.js';
export * from './validate.js';
