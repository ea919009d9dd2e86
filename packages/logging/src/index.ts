export * from './create-logger.js';
export type { LogLevel } from './log-level.js';
export { DEFAULT_REDACTED } from './loggable.js';
