import { type ConsulOptions, consulFields, refuseBadConsul } from '@weft/backend-consul';
import { z } from 'zod';

/** What the Consul config center is opened with. */
export interface ConsulConfigOptions extends Omit<ConsulOptions, 'timeout'> {}

declare global {
  interface WeftDrivers {
    'config/consul': ConsulConfigOptions;
  }
}

/** Checks `ConsulConfigOptions`; unknown keys are issues. */
export const consulConfigOptions: z.ZodType<ConsulConfigOptions> = z.strictObject(consulFields).superRefine(refuseBadConsul);
