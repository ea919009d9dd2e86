import { type EtcdOptions, etcdFields, refuseBadEtcd } from '@weft/backend-etcd';
import { z } from 'zod';

/** What the driver `etcd` of the config center is opened with. */
export interface EtcdConfigOptions extends Omit<EtcdOptions, 'timeout'> {
  /** User of etcd's access control. It has to read, or read and write, the keys that are used. */
  readonly username?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'config/etcd': EtcdConfigOptions;
  }
}

/** Checks `EtcdConfigOptions`; unknown keys are issues. */
export const etcdConfigOptions: z.ZodType<EtcdConfigOptions> = z.strictObject(etcdFields).superRefine(refuseBadEtcd);
