import type { Body, Reply } from '@weft/core';
import type { Try } from './try.js';

/** Whether a body comes in pieces, and so has to be read. */
export function isPieces(body: Body | undefined): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

/** The reply with a body whose reading is told to the call when it ends. */
export function streamUntil(
  { status, headers, body }: Reply & { readonly body: AsyncIterable<Uint8Array> },
  attempt: Try,
  onEnd: () => void,
): Reply {
  return { status, headers, body: watched(body, attempt, onEnd) };
}

async function* watched(body: AsyncIterable<Uint8Array>, attempt: Try, onEnd: () => void): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } finally {
    attempt.disarm();
    onEnd();
  }
}
