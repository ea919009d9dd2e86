export * from './config-client.js';
export * from './config-options.js';
export type { ConfigRevision } from './config-revision.js';
export { secret } from './secret.js';
export { redacted } from './secrets.js';
