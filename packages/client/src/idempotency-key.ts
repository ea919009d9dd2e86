import { IDEMPOTENCY_METADATA, type ServiceInstance, WeftError } from '@weft/core';

const MAX_LENGTH = 255;
const CONTROL = /\p{Cc}/u;

/** Whether services look at a key: it says something, in up to 255 characters and without control characters. */
export function isIdempotencyKey(key: string): boolean {
  const said = key.trim();
  return said !== '' && said.length <= MAX_LENGTH && !CONTROL.test(said);
}

/** A key as a caller gives it. @throws WEFT_INVALID_ARGUMENT for one that services would not look at */
export function parseIdempotencyKey(key: string): string {
  if (typeof key === 'string' && isIdempotencyKey(key)) return key;
  const expected = `expected text of 1 to ${MAX_LENGTH} characters without control characters`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `options.idempotencyKey: ${expected}, or none to have one made`);
}

/** Who remembers the answers of an instance by key: all instances of its service, it alone, or nobody. */
export function memoryOf({ metadata }: ServiceInstance): 'shared' | 'local' | undefined {
  const memory = metadata[IDEMPOTENCY_METADATA];
  return memory === 'shared' || memory === 'local' ? memory : undefined;
}
