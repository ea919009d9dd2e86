import { z } from 'zod';
import { configSchema } from './config-schema.js';
import { fileForm } from './file-form.js';
import { installedDrivers } from './installed-drivers.js';
import type { JsonSchema } from './json-schema.js';
import { programFolders } from './program-folders.js';

/** Around the making of a JSON Schema. */
export interface ConfigJsonSchemaOptions {
  /** Where drivers are looked for: a folder, a file, or `import.meta.url`. Default: the program's main module, then the working directory. */
  readonly from?: string;
}

/**
 * The JSON Schema (draft-07) of a `weft.config.json` or `weft.config.yaml`, for editors: with the options of those of
 * Weft's own drivers that are installed, keys in camelCase and snake_case, and placeholders.
 */
export async function configJsonSchema({ from }: ConfigJsonSchemaOptions = {}): Promise<JsonSchema> {
  const drivers = await installedDrivers(programFolders(from));
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  return { $schema, title: 'Weft config', ...fileForm(schema, drivers) };
}
