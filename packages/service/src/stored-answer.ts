import type { Body, HeaderMap, Reply, StoredAnswer } from '@weft/core';
import { errorReply } from './error-reply.js';
import { ServiceReply } from './reply.js';

/** On an answer that was made before, for an earlier request with the same key. */
const REPLAYED_HEADER = 'idempotent-replayed';
/** Refusals that say nothing of the next try. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 499]);
/** Between the values of one header; no value has it. */
const SEPARATOR = '\n';
const GONE = errorReply(409, 'This request has been carried out; its answer was not kept');

/** Whether an answer with this status is kept: one that another try would not change. */
export function isKept(status: number): boolean {
  return status < 500 && !PASSING.has(status);
}

/**
 * An answer as a store keeps it. One that is not whole, or not ours, cannot be given again: what is kept of it says that the
 * request has been carried out, for doing it twice is worse than losing its answer.
 * @param isOurs false for what a mounted application has written itself
 */
export function toStored(answer: Reply, isOurs: boolean): StoredAnswer {
  if (isOurs && !isPieces(answer.body)) return stored(answer.status, answer.headers, answer.body);
  return stored(GONE.status, GONE.headers, GONE.body as string);
}

/** The answer that a store has kept, marked as given again. */
export function fromStored({ status, headers, body }: StoredAnswer): Reply {
  const read: Record<string, string | readonly string[]> = { [REPLAYED_HEADER]: 'true' };
  for (const [name, value] of Object.entries(headers)) read[name] = value.includes(SEPARATOR) ? value.split(SEPARATOR) : value;
  return new ServiceReply(status, read, body.byteLength === 0 ? undefined : body);
}

function stored(status: number, headers: HeaderMap, body: string | Uint8Array | undefined): StoredAnswer {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) written[name] = typeof value === 'string' ? value : value.join(SEPARATOR);
  }
  return { status, headers: written, body: Buffer.from(body ?? '') };
}

function isPieces(body: Body | undefined): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !(body instanceof Uint8Array);
}
