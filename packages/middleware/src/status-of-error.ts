import { ERROR_CODES, ServiceError, WeftError } from '@weft/core';

/** The status that a service answers with when a handler throws this. */
export function statusOfError(error: unknown): number {
  if (error instanceof WeftError) return ERROR_CODES[error.code]?.status ?? 500;
  if (error instanceof ServiceError && Number.isInteger(error.code) && error.code >= 400 && error.code <= 599) return error.code;
  return 500;
}
