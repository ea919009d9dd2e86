import { type Body, messageOf, WeftError } from '@weft/core';
import type { Cut } from './cut.js';

/** The bytes of a whole body, as a copy. */
export function copyOf(body: string | Uint8Array): Uint8Array {
  return Buffer.from(body);
}

/** Whether the body comes in pieces. */
export function isPieces(body: Body | undefined): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

/** How one direction of a wire is read. */
export interface PiecesOptions {
  readonly cut: Cut;
  /** More bytes than that end the reading with `tooLarge`. */
  readonly limitBytes?: number | undefined;
  readonly tooLarge?: (() => WeftError) | undefined;
  /** Called once, when the last piece was read or the reading ended early. */
  readonly ended?: (() => void) | undefined;
}

/** The pieces of `source` as copies, read only as fast as they are asked for; a cut fails the reader at once. */
export async function* pieces(source: AsyncIterable<Uint8Array>, options: PiecesOptions): AsyncGenerator<Uint8Array, void, void> {
  const { cut, limitBytes = Number.POSITIVE_INFINITY, tooLarge, ended } = options;
  const iterator = source[Symbol.asyncIterator]();
  let bytes = 0;
  let exhausted = false;
  try {
    while (true) {
      const step = await cut.race(iterator.next());
      exhausted = step.done === true;
      if (exhausted) return;
      bytes += step.value.byteLength;
      if (bytes > limitBytes && tooLarge) throw tooLarge();
      yield copyOf(step.value);
    }
  } finally {
    if (!exhausted) iterator.return?.().catch(() => {});
    ended?.();
  }
}

/** All pieces in one. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** What the reader of a wire sees when the side that writes fails in the middle. */
export function broken(cause: unknown): WeftError {
  if (cause instanceof WeftError) return cause;
  return new WeftError('WEFT_UNAVAILABLE', `the peer ended the body early: ${messageOf(cause)}`, {
    failure: 'reset',
    ambiguous: true,
    cause,
  });
}
