import { WeftError } from '@weft/core';

/** The refusal of an option: where it stands, and what is wrong with it. */
export function invalidOption(path: string, message: string): WeftError {
  return new WeftError('WEFT_CONFIG_INVALID', `${path}: ${message}`, { problems: [{ path, message }] });
}
