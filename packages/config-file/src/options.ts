import { invalidOptions, schemaProblems } from '@weft/core';
import { z } from 'zod';

/** Options of the driver `file` of the config center. */
export interface FileConfigOptions {
  /** The folder that keys are paths in. Default `$WEFT_DIR`, else `.weft` in the folder of the repository. */
  readonly path?: string | undefined;
  /** The word of other drivers for the same, so that a backend can be changed by its name alone; `path` wins. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'config/file': FileConfigOptions;
  }
}

/** The form of `FileConfigOptions`; unknown keys are refused. */
export const fileConfigOptions = z.strictObject({
  path: z.string().min(1).optional().describe('The folder that keys are paths in'),
  address: z.string().min(1).optional().describe('The same as path: the word of other drivers'),
});

/** @throws WEFT_CONFIG_INVALID with every problem */
export function parseFileConfigOptions(value: unknown): FileConfigOptions {
  const result = fileConfigOptions.safeParse(value);
  if (result.success) return result.data;
  throw invalidOptions(schemaProblems(result.error.issues, 'config'));
}
