import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Body, type HeaderMap, type Inbound, type PeerIdentity, WeftError } from '@weft/core';
import type { HttpListening } from './http-listening.js';
import { peerIdentity } from './peer-identity.js';

/** A request as node:http gives it. Signal and peer are made when they are first read. */
export class HttpInbound implements Inbound {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #listening: HttpListening;
  #gone: AbortController | undefined;
  #peer: PeerIdentity | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, listening: HttpListening) {
    this.request = request;
    this.response = response;
    this.#listening = listening;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get path(): string {
    return this.request.url ?? '/';
  }

  get headers(): HeaderMap {
    return this.request.headers;
  }

  /**
   * Who asks for it reads it; when there is none, that is done herewith. Else node:http reads the nothing to its end after the
   * answer: a twentieth of a small request, for events that nobody hears. A mounted handler may: it is not asked for there.
   */
  get body(): Body | undefined {
    const { 'content-length': length, 'transfer-encoding': encoding } = this.request.headers;
    if (encoding !== undefined || (length !== undefined && length !== '0')) return this.request;
    this.request.read(0);
    return undefined;
  }

  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? 'unknown';
  }

  get peer(): PeerIdentity | undefined {
    this.#peer ??= peerIdentity(this.request.socket);
    return this.#peer;
  }

  get signal(): AbortSignal {
    this.#gone ??= abortWhenGone(this.response);
    return this.#gone.signal;
  }

  /** For a mounted handler, which writes the answer itself. */
  handOver(): { request: IncomingMessage; response: ServerResponse } {
    this.#listening.handOver(this.response);
    return { request: this.request, response: this.response };
  }
}

function abortWhenGone(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const onClose = () => {
    if (!response.writableFinished) controller.abort(new WeftError('WEFT_CANCELLED', 'the caller has gone'));
  };
  if (response.destroyed) onClose();
  else response.once('close', onClose);
  return controller;
}
