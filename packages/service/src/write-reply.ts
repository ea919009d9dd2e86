import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Body, Clock, HeaderMap, Reply } from '@weft/core';

const LINGER_BYTES = 4_194_304;
const LINGER_MS = 1_000;
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** What is around an answer; the same for all of a server. */
export interface WriteSurroundings {
  readonly clock: Clock;
  /** `isLeaving` tells the caller to use another connection from now on. */
  readonly listening: { readonly isLeaving: boolean };
  /** Cuts the connection of an answer that broke off, so that the caller sees it. Never throws. */
  cut(request: IncomingMessage, response: ServerResponse, error: unknown): void;
}

/**
 * Writes an answer, unless the connection has gone or a mounted handler has answered.
 * @throws RangeError for a status that ends no request @throws TypeError for bad headers; nothing is written then
 */
export function writeReply(request: IncomingMessage, response: ServerResponse, reply: Reply, around: WriteSurroundings): void {
  const { status, body } = reply;
  if (response.headersSent || response.destroyed) {
    discard(body);
    return;
  }
  if (!(status >= 200 && status <= 599)) throw new RangeError(`Invalid status ${status}: expected 200 to 599`);
  const isUnread = status === 413 && !request.complete;
  const headers = flatHeaders(reply.headers, around.listening.isLeaving || isUnread);
  if (status === 204 || status === 304) {
    discard(body);
    response.writeHead(status, headers).end();
  } else if (isPieces(body)) {
    response.writeHead(status, headers);
    writePieces(request, response, body, around);
  } else {
    headers.push('content-length', body === undefined ? '0' : String(Buffer.byteLength(body)));
    response.writeHead(status, headers);
    if (isUnread) linger(request, response, body, around.clock);
    else response.end(body);
  }
}

function isPieces(body: Body | undefined): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

function writePieces(
  request: IncomingMessage,
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array>,
  around: WriteSurroundings,
): void {
  if (request.method !== 'HEAD') {
    pump(pieces, response).catch((error: unknown) => around.cut(request, response, error));
    return;
  }
  discard(pieces);
  response.end();
}

/** Without those of the framing, which is ours: two that disagree are how requests are smuggled. */
function flatHeaders(headers: HeaderMap, isClosing: boolean): string[] {
  const flat: string[] = isClosing ? ['connection', 'close'] : [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || FRAMING.has(name) || (isClosing && name === 'connection')) continue;
    if (Array.isArray(value)) for (const one of value) flat.push(name, one);
    else flat.push(name, String(value));
  }
  return flat;
}

/** Tells whoever makes the pieces that nobody wants them. */
function discard(body: Body | undefined): void {
  if (!isPieces(body)) return;
  body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => {});
}

async function pump(pieces: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}

/**
 * Answers a caller that is still sending, and throws away what it sends for a while before the connection is closed: a
 * connection that is closed with unread bytes is reset, and the answer may be lost with it (RFC 9112, section 9.6).
 */
function linger(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array | undefined, clock: Clock): void {
  response.write(body ?? '');
  let leftBytes = LINGER_BYTES;
  const end = () => {
    timer.cancel();
    response.end();
  };
  const timer = clock.setTimer(LINGER_MS, end);
  request.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.byteLength;
    if (leftBytes < 0) end();
  });
  request.once('end', end).once('close', end).resume();
}
