import { type ConfigEntry, type Problem, WeftError } from '@weft/core';
import { parseConfigText } from './config-text.js';
import { sealed } from './sealed.js';

/**
 * The values of entries that were read together, frozen, by their keys without `prefix`.
 * @param lastGood gives what is in force in place of a bad text; rejects when there is nothing
 * @throws WEFT_CONFIG_INVALID with all that are bad
 */
export async function snapshotOf(
  prefix: string,
  entries: ReadonlyMap<string, ConfigEntry>,
  lastGood: (key: string, entry: ConfigEntry) => Promise<unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  const problems: Problem[] = [];
  const found: [string, unknown][] = [];
  for (const [key, entry] of entries) {
    try {
      found.push([prefix === '' ? key : key.slice(prefix.length + 1), await readEntry(key, entry, lastGood)]);
    } catch (error) {
      problems.push(...(WeftError.from(error).problems ?? []));
    }
  }
  if (problems.length === 0) return sealed(Object.fromEntries(found));
  const reasons = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new WeftError('WEFT_CONFIG_INVALID', `no snapshot of "${prefix}": ${reasons}`, { problems });
}

async function readEntry(
  key: string,
  entry: ConfigEntry,
  lastGood: (key: string, entry: ConfigEntry) => Promise<unknown>,
): Promise<unknown> {
  try {
    return parseConfigText(entry.key, entry.text);
  } catch {
    return lastGood(key, entry);
  }
}
