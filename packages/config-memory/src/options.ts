import { invalidOptions, schemaProblems } from '@weft/core';
import { z } from 'zod';

/** Options of the driver `memory` of the config center. */
export interface MemoryConfigOptions {
  /** Name of the store within the process; who opens the same one sees the same values. Default `default`. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'config/memory': MemoryConfigOptions;
  }
}

/** The form of `MemoryConfigOptions`; unknown keys are refused. */
export const memoryConfigOptions = z.strictObject({
  address: z.string().min(1).optional().describe('Name of the store within the process'),
});

/** @throws WEFT_CONFIG_INVALID with every problem */
export function parseMemoryConfigOptions(value: unknown): MemoryConfigOptions {
  const result = memoryConfigOptions.safeParse(value);
  if (result.success) return result.data;
  throw invalidOptions(schemaProblems(result.error.issues, 'config'));
}
