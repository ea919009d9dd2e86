export type { Believes, ConsulBackend } from './consul-backend.js';
export { ConsulRefusal, hidden } from './consul-error.js';
export * from './consul-fields.js';
export type { ConsulOptions, ConsulSurroundings } from './consul-options.js';
export { type ConsulAnswer, type ConsulRequest, listIn } from './consul-request.js';
export { followPrefix, listPrefix } from './follow-prefix.js';
export { openConsul } from './open-consul.js';
export { entriesOf, type PrefixView } from './prefix-view.js';
export type { ReadRights } from './read-rights.js';
