import { invalidOption, shown } from '@weft/core';

/** A number above 0, up to `highest`. @throws WEFT_CONFIG_INVALID */
export function readRatio(value: number, path: string, highest = 1): number {
  if (typeof value === 'number' && value > 0 && value <= highest) return value;
  throw invalidOption(path, `${shown(value)}: expected a number above 0, up to ${highest}`);
}
