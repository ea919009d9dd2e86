export { SECRET_WORDS as DEFAULT_REDACTED } from '@weft/core';
export * from './create-logger.js';
export type { LogLevel } from './log-level.js';
