export type { ChangeOptions, EtcdBackend, EtcdChange, EtcdLease } from './etcd-backend.js';
export * from './etcd-fields.js';
export type { EtcdOptions, EtcdSurroundings } from './etcd-options.js';
export * from './key-range.js';
export type { EtcdEntry } from './list-range.js';
export * from './open-etcd.js';
