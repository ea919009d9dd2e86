import { type ConsulOptions, consulFields, refuseBadConsul } from '@weft/backend-consul';
import { z } from 'zod';

/** What the Consul registry is opened with. */
export interface ConsulRegistryOptions extends Omit<ConsulOptions, 'timeout'> {
  /** What stands before the name of each service in Consul; default nothing. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/consul': ConsulRegistryOptions;
  }
}

const prefix = z.string().optional().describe('What stands before the name of each service in Consul');

/** Checks `ConsulRegistryOptions`; unknown keys are issues. */
export const consulRegistryOptions: z.ZodType<ConsulRegistryOptions> = z
  .strictObject({ ...consulFields, prefix })
  .superRefine(refuseBadConsul);
