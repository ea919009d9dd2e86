import { z } from 'zod';

/** What the file registry is opened with. */
export interface FileRegistryOptions {
  /**
   * Base folder; all processes that name the same one see each other. Default `$WEFT_DIR`, else `.weft` beside the
   * package.json or pnpm-workspace.yaml furthest up from the working directory.
   */
  readonly path?: string | undefined;
  /** The word of other drivers for the same, so that a backend can be changed by its name alone; `path` wins. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/file': FileRegistryOptions;
  }
}

/** Checks `FileRegistryOptions`; unknown keys are issues. */
export const fileRegistryOptions: z.ZodType<FileRegistryOptions> = z.strictObject({
  path: z.string().min(1).optional().describe('The folder; all processes that name the same one see each other'),
  address: z.string().min(1).optional().describe('The same as path: the word of other drivers'),
});
