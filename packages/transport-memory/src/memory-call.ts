import { type Attempt, type Body, type HeaderMap, type Inbound, type Reply, WeftError } from '@weft/core';
import { Cut } from './cut.js';
import type { Listener } from './memory-network.js';
import { broken, collect, copyOf, isPieces, pieces } from './pieces.js';

/** One call on its way: what the server's side sees of it, and how its answer comes back. */
export class MemoryCall implements Inbound {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderMap;
  readonly body?: Body | undefined;
  readonly operation?: string | undefined;
  readonly remoteAddress = '';
  readonly cut = new Cut();
  readonly #attempt: Attempt;
  readonly #listener: Listener;
  readonly #responseBytes: number;
  readonly #ended: () => void;
  #controller: AbortController | undefined;

  constructor(attempt: Attempt, listener: Listener, responseBytes: number, ended: () => void) {
    this.method = attempt.method;
    this.path = attempt.path;
    this.headers = mapOf(attempt.headers);
    this.operation = attempt.operation;
    this.#attempt = attempt;
    this.#listener = listener;
    this.#responseBytes = responseBytes;
    this.#ended = ended;
    this.body = this.#inboundBody(attempt.body);
    attempt.abort = (error) => this.cut.now(error);
    listener.calls.add(this);
  }

  /** Made when it is read: a handler that never looks costs no controller. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      this.cut.onCut((error) => controller.abort(error));
    }
    return this.#controller.signal;
  }

  /** Runs the server's side and brings its answer back. */
  async run(): Promise<Reply> {
    let streaming = false;
    try {
      const reply = await this.cut.race(this.#answer());
      if (hasNoBody(this.method, reply.status)) return { status: reply.status, headers: copyHeaders(reply.headers) };
      streaming = this.#attempt.stream;
      const body = streaming ? this.#streamed(reply.body) : await this.#whole(reply.body);
      return { status: reply.status, headers: copyHeaders(reply.headers), body };
    } catch (error) {
      const failure = broken(error);
      this.cut.now(failure);
      throw failure;
    } finally {
      if (!streaming) this.#end();
    }
  }

  #answer(): Promise<Reply> {
    const bytes = isPieces(this.#attempt.body) ? 0 : (this.body as Uint8Array | undefined)?.byteLength;
    if ((bytes ?? 0) > (this.#listener.limits.bodyBytes ?? Number.POSITIVE_INFINITY)) {
      return Promise.resolve({ status: 413, headers: {} });
    }
    return Promise.resolve()
      .then(() => {
        if (this.cut.error) throw this.cut.error;
        return this.#listener.dispatch(this);
      })
      .catch(() => ({ status: 500, headers: {} }));
  }

  #inboundBody(body: Body | undefined): Body | undefined {
    if (body === undefined || body === '') return undefined;
    if (!isPieces(body)) return body.length === 0 ? undefined : copyOf(body);
    return pieces(body, {
      cut: this.cut,
      limitBytes: this.#listener.limits.bodyBytes,
      tooLarge: () => new WeftError('WEFT_BODY_TOO_LARGE', `the body is larger than ${this.#listener.limits.bodyBytes} bytes`),
    });
  }

  #streamed(body: Body | undefined): AsyncIterable<Uint8Array> {
    const source = isPieces(body) ? body : once(body);
    // Nobody may ever read it: then a cut is its only end.
    this.cut.onCut(() => this.#end());
    return guarded(pieces(source, { cut: this.cut, ended: () => this.#end() }), this.cut);
  }

  async #whole(body: Body | undefined): Promise<Uint8Array | undefined> {
    const tooLarge = () =>
      new WeftError('WEFT_RESPONSE_TOO_LARGE', `the answer is larger than ${this.#responseBytes} bytes`, { ambiguous: true });
    const source = isPieces(body) ? body : once(body);
    const whole = await collect(pieces(source, { cut: this.cut, limitBytes: this.#responseBytes, tooLarge }));
    return whole.byteLength === 0 ? undefined : whole;
  }

  #end(): void {
    this.#attempt.abort = undefined;
    const { calls, idle } = this.#listener;
    if (calls.delete(this) && calls.size === 0) idle?.();
    this.#ended();
  }
}

/** A reader that leaves early cuts the call; one that stays sees a failing writer as a broken wire. */
async function* guarded(source: AsyncIterable<Uint8Array>, cut: Cut): AsyncGenerator<Uint8Array, void, void> {
  let finished = false;
  try {
    yield* source;
    finished = true;
  } catch (error) {
    throw broken(error);
  } finally {
    if (!finished) cut.now(new WeftError('WEFT_CANCELLED', 'the reader of the body left before its end'));
  }
}

async function* once(body: string | Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
  if (body !== undefined && body.length > 0) yield Buffer.from(body);
}

function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

function mapOf(flat: readonly string[]): HeaderMap {
  const map: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] ?? '';
    const value = flat[at + 1] ?? '';
    const before = Object.hasOwn(map, name) ? map[name] : undefined;
    if (name !== '__proto__') map[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return map;
}

function copyHeaders(headers: HeaderMap): HeaderMap {
  const map: Record<string, string | readonly string[] | undefined> = {};
  for (const name of Object.keys(headers)) if (headers[name] !== undefined) map[name.toLowerCase()] = headers[name];
  return map;
}
