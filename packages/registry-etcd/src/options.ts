import { type EtcdOptions, etcdFields, refuseBadEtcd } from '@weft/backend-etcd';
import { z } from 'zod';

/** What the driver `etcd` of the registry is opened with. */
export interface EtcdRegistryOptions extends Omit<EtcdOptions, 'timeout'> {
  /** User of etcd's access control. It has to read and write the keys below `<prefix>/services/`. */
  readonly username?: string | undefined;
  /** What all keys begin with; default `weft`. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/etcd': EtcdRegistryOptions;
  }
}

const prefix = z.string().min(1).optional().describe('What all keys begin with; default weft');

/** Checks `EtcdRegistryOptions`; unknown keys are issues. */
export const etcdRegistryOptions: z.ZodType<EtcdRegistryOptions> = z
  .strictObject({ ...etcdFields, prefix })
  .superRefine(refuseBadEtcd);
