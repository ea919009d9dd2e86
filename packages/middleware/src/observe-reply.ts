import type { Body, Clock, Reply } from '@weft/core';
import { statusOfError } from './status-of-error.js';

/** How a request ended. */
export interface ReplyOutcome {
  /** HTTP status of the answer. */
  readonly status: number;
  /** False when the pieces of the answer broke off, or nobody wanted the rest. */
  readonly isWhole: boolean;
  /** How long it took, in ms, to a tenth. */
  readonly durationMs: number;
}

/**
 * The same answer or failure. `onOver` is called once when it is over: with the last piece, where it comes in pieces. What
 * it throws is dropped: who watches must not break what is watched.
 */
export async function observeReply(
  clock: Clock,
  answer: () => Promise<Reply>,
  onOver: (outcome: ReplyOutcome) => void,
): Promise<Reply> {
  const startedAt = clock.now();
  const tell = (status: number, isWhole: boolean) => {
    try {
      onOver({ status, isWhole, durationMs: Math.round((clock.now() - startedAt) * 10) / 10 });
    } catch {
      // See above.
    }
  };
  let reply: Reply;
  try {
    reply = await answer();
  } catch (error) {
    tell(statusOfError(error), true);
    throw error;
  }
  const { status, headers, body } = reply;
  if (isPieces(body)) return { status, headers, body: piecesUntil(body, (isWhole) => tell(status, isWhole)) };
  tell(status, true);
  return reply;
}

/** Whether a body comes in pieces. */
export function isPieces(body: Body | undefined): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

function piecesUntil(pieces: AsyncIterable<Uint8Array>, over: (isWhole: boolean) => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = pieces[Symbol.asyncIterator]();
      let isOver = false;
      const end = (isWhole: boolean) => {
        if (!isOver) over(isWhole);
        isOver = true;
      };
      return {
        async next() {
          try {
            const result = await iterator.next();
            if (result.done) end(true);
            return result;
          } catch (error) {
            end(false);
            throw error;
          }
        },
        async return() {
          end(false);
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
