import { z } from 'zod';

/** What the memory registry is opened with. */
export interface MemoryRegistryOptions {
  /** Which of the process's stores is meant: all who open the same one see each other. Default `default`. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/memory': MemoryRegistryOptions;
  }
}

/** Checks `MemoryRegistryOptions`; unknown keys are issues. */
export const memoryRegistryOptions: z.ZodType<MemoryRegistryOptions> = z.strictObject({
  address: z.string().min(1).optional().describe('Which of the stores of the process is meant'),
});
