import type { Reply } from '@weft/core';
import type { Try } from './try.js';

/** The reply with a body whose reading stays under the call's deadline and is told to the call when it ends. */
export function streamUntil(reply: Reply, attempt: Try, onEnd: () => void): Reply {
  return { ...reply, body: watched(reply.body, attempt, onEnd) };
}

async function* watched(body: Reply['body'], attempt: Try, onEnd: () => void): AsyncIterable<Uint8Array> {
  try {
    if (typeof body === 'string') yield Buffer.from(body, 'utf8');
    else if (body instanceof Uint8Array) yield body;
    else if (body) yield* body;
  } finally {
    attempt.disarm();
    onEnd();
  }
}
