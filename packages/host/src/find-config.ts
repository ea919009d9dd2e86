import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WeftError } from '@weft/core';

/** Names of config files; of two in one folder the first counts. */
const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (ending) => `weft.config.${ending}`,
);

/**
 * The config file nearest to `folder`: there, or upwards from there.
 * @throws WEFT_CONFIG_NOT_FOUND
 */
export function findConfig(folder: string): string {
  for (let at = resolve(folder), above = ''; at !== above; above = at, at = dirname(at)) {
    const name = CONFIG_NAMES.find((each) => existsSync(join(at, each)));
    if (name) return join(at, name);
  }
  const message = `no weft.config.(ts|mts|js|mjs|json|yaml|yml) in ${resolve(folder)} or above it`;
  throw new WeftError('WEFT_CONFIG_NOT_FOUND', message);
}
