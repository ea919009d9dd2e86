import { Readable } from 'node:stream';
import { type Attempt, type Body, type HeaderMap, type Reply, WeftError } from '@weft/core';
import type { Dispatcher } from 'undici';
import { BodyStream } from './body-stream.js';
import { collectBody, decodeBody, decoderFor, joined, responseTooLarge } from './decode-body.js';
import { HttpReply, rawHeader } from './http-reply.js';
import { replyHeaders } from './reply-headers.js';
import { transportError } from './transport-error.js';

/** What an exchange needs of an attempt. */
export type Message = Pick<Attempt, 'method' | 'path' | 'headers' | 'body' | 'stream' | 'abort'>;

/** What an exchange needs of the pool it runs in. */
export interface ExchangeOwner {
  /** `host:port`, for messages. */
  readonly target: string;
  /** Largest whole answer in bytes. */
  readonly responseBytes: number;
  /** Takes it out of the queue for a connection; false when it is not there. */
  unqueue(exchange: Exchange): boolean;
}

/** What an exchange needs of the connection that carries it. */
export interface Carrier {
  /** Told once when the exchange is over; `sound` when the connection can carry another one. */
  ended(sound: boolean): void;
  /** Ends the exchange where it could not yet be given to a socket. */
  destroy(error: Error): void;
}

const ONE_WRITE_BYTES = 4_096;

/**
 * One try on its way through undici. It speaks the handler names of undici's core (`onConnect`, `onHeaders`...): handlers
 * with the newer names are wrapped by undici 7, at 1 to 2.5 us per call. This class is the only place that knows.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly attempt: Message;
  /** Whether its connection had carried others before. */
  reused = false;
  /** What carries it, once it was started. */
  connection: Carrier | undefined;
  /** Instant at which it gives up waiting for a connection; undefined when it does not wait. */
  waitsUntilAt: number | undefined;
  readonly #owner: ExchangeOwner;
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (error: Error) => void;
  #abortOnWire: ((error?: Error) => void) | undefined;
  #aborted: Error | undefined;
  #answering = false;
  #ended = false;
  #status = 0;
  #raw: readonly Buffer[] = [];
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #bytes = 0;
  #stream: BodyStream | undefined;

  constructor(attempt: Message, owner: ExchangeOwner, resolve: (reply: Reply) => void, reject: (error: Error) => void) {
    this.attempt = attempt;
    this.#owner = owner;
    this.#resolve = resolve;
    this.#reject = reject;
    attempt.abort = (error) => this.abort(error);
  }

  /** Whether it was ended before it had a connection. */
  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Rejects the caller at once and ends the try wherever it is: waiting, connecting, or on the wire. */
  abort(error: Error): void {
    if (this.#ended || this.#aborted) return;
    this.#reject(this.#abortOnWire ? error : asUnsent(error, this.connection !== undefined));
    this.#cut(error);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abortOnWire = abort;
  }

  onResponseStarted(): void {
    this.#answering = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#status = status;
    this.#raw = raw;
    if (this.attempt.method === 'HEAD' || status === 204 || status === 304) return true;
    if (this.attempt.stream || rawHeader(raw, 'content-encoding') !== undefined) this.#openStream(resume);
    else if (Number(rawHeader(raw, 'content-length')) > this.#owner.responseBytes) this.#tooLarge();
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#stream) return this.#stream.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#owner.responseBytes) this.#tooLarge();
    else if (!this.#first) this.#first = chunk;
    else if (this.#rest) this.#rest.push(chunk);
    else this.#rest = [this.#first, chunk];
    return true;
  }

  onComplete(): void {
    this.#end(true);
    if (this.#stream) this.#stream.end();
    else this.#resolve(new HttpReply(this.#status, this.#raw, this.#rest ? joined(this.#rest) : this.#first));
  }

  onError(cause: Error): void {
    this.#end(false);
    if (this.#aborted) return;
    const progress = {
      written: this.#abortOnWire !== undefined,
      answering: this.#answering,
      headed: this.#status !== 0,
      oneWrite: fitsOneWrite(this.attempt.body),
      reused: this.reused,
    };
    const error = transportError(cause, progress, this.#owner.target);
    this.#reject(error);
    this.#stream?.fail(error);
  }

  #openStream(resume: () => void): void {
    const left = () => new WeftError('WEFT_CANCELLED', 'the reader of the body left before its end');
    const stream = new BodyStream({ resume, abandon: () => this.#cut(left()) });
    this.#stream = stream;
    const all = replyHeaders(this.#raw);
    const decoder = decoderFor(String(all['content-encoding'] ?? ''));
    const headers = decoder ? withoutEncoding(all) : all;
    const body = decoder ? decodeBody(stream, decoder) : stream;
    if (this.attempt.stream) {
      this.#resolve({ status: this.#status, headers, body });
      return;
    }
    collectBody(body, this.#owner.responseBytes).then(
      (whole) => this.#resolve({ status: this.#status, headers, body: whole }),
      (error: Error) => this.#reject(error),
    );
  }

  #tooLarge(): void {
    this.abort(responseTooLarge(this.#owner.responseBytes));
  }

  #cut(error: Error): void {
    if (this.#ended || this.#aborted) return;
    this.#aborted = error;
    this.#stream?.fail(error);
    if (this.#abortOnWire) this.#abortOnWire(error);
    else if (this.connection) this.connection.destroy(error);
    else if (this.#owner.unqueue(this)) this.attempt.abort = undefined;
  }

  #end(sound: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.attempt.abort = undefined;
    this.connection?.ended(sound);
  }
}

/** A try whose time was up before a byte of it was written: what ended it cannot know that, so it is said here. */
function asUnsent(error: Error, connecting: boolean): Error {
  if (!(error instanceof WeftError) || !error.ambiguous) return error;
  const failure = error.failure && (connecting ? 'connect-timeout' : error.failure);
  return new WeftError(error.code, `${error.message}; nothing was sent`, {
    ...(failure && { failure }),
    ambiguous: false,
    cause: error,
  });
}

/** The request's body as undici takes it. A failing source of pieces is the caller's fault, not the wire's. */
export function requestBody(body: Body | undefined): string | Uint8Array | Readable | null {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body ?? null;
  return Readable.from(guarded(body), { objectMode: false });
}

async function* guarded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body;
  } catch (error) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', 'the request body failed while it was sent', { ambiguous: true, cause: error });
  }
}

function fitsOneWrite(body: Body | undefined): boolean {
  return body === undefined || ((typeof body === 'string' || body instanceof Uint8Array) && body.length <= ONE_WRITE_BYTES);
}

function withoutEncoding(headers: HeaderMap): HeaderMap {
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers;
  return rest;
}
