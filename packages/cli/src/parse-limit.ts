import { messageOf, parseDuration, WeftError } from '@weft/core';

/**
 * A time of the command line in ms, above 0: text with a unit, or a bare number of ms.
 * @param option its name, for the error
 * @throws WEFT_INVALID_ARGUMENT
 */
export function parseLimit(text: string, option: string): number {
  let ms: number;
  try {
    ms = parseDuration(/^\d+$/.test(text) ? Number(text) : text, `--${option}`);
  } catch (cause) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', messageOf(cause), { cause });
  }
  if (ms > 0) return ms;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `--${option}: expected more than 0`);
}
