import { type Body, type HeaderMap, type Reply, WeftError } from '@weft/core';
import type { buildConnector } from 'undici';
import { Connection, type ConnectionOwner } from './connection.js';
import { Exchange, type ExchangeOwner, type Message } from './exchange.js';
import type { HttpSettings } from './settings.js';

/** What a request has beside its method and path. */
export interface HttpRequestOptions {
  /** Names in any case. */
  readonly headers?: HeaderMap | undefined;
  /** Whole, or in pieces; none unless set. */
  readonly body?: Body | undefined;
  /** Whether the answer's body is read in pieces; the connection is busy until it has been read. Default false. */
  readonly stream?: boolean | undefined;
  /** Cuts the request, with WEFT_CANCELLED or the `WeftError` that the signal gives as its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One socket for HTTP/1.1, opened by its first request; what a `ConnectionPool` lends unless it is told otherwise. */
export class HttpConnection {
  readonly #settings: HttpSettings;
  readonly #connect: buildConnector.connector;
  readonly #only: string | undefined;
  #origin: string | undefined;
  #connection: Connection | undefined;
  #unlisten: (() => void) | undefined;
  #isOpen = true;

  /** @param only the origin it speaks to; that of each request when undefined */
  constructor(settings: HttpSettings, connect: buildConnector.connector, only: string | undefined) {
    this.#settings = settings;
    this.#connect = connect;
    this.#only = only;
  }

  /** Whether it can carry a request now: false when it is closed, lost, too old, or busy. */
  isValid(): boolean {
    return this.#isOpen && this.#connection?.exchange === undefined;
  }

  /**
   * Sends one request; one at a time.
   * @param target a path that begins with `/`, or for a pool without `url` a whole URL
   * @throws WEFT_CONFLICT while another one is under way @throws WEFT_CLOSED when the connection is closed or lost
   * @throws WEFT_INVALID_ARGUMENT for a target that is none @throws WEFT_CANCELLED when the signal fires
   * @throws as `ClientTransport.send`
   */
  async request(method: string, target: string, options: HttpRequestOptions = {}): Promise<Reply> {
    const { headers = {}, body, stream = false, signal } = options;
    if (!this.#isOpen) throw new WeftError('WEFT_CLOSED', 'the connection is closed: take another one from the pool');
    if (!this.isValid()) throw new WeftError('WEFT_CONFLICT', 'the connection is busy: it carries one request at a time');
    if (signal?.aborted) throw cancelled(signal);
    const { origin, path } = this.#only === undefined ? destinationOf(target) : { origin: this.#only, path: pathOf(target) };
    const message: Message = { method: method.toUpperCase(), path, headers: flat(headers), body, stream };
    const connection = this.#connectionTo(origin);
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(message, this.#around(origin), resolve, reject);
      if (signal) this.#listen(signal, exchange);
      connection.start(exchange);
    });
  }

  /** Closes it at once; a request that is under way fails with WEFT_CLOSED. Idempotent. */
  close(): void {
    this.#isOpen = false;
    this.#connection?.exchange?.abort(new WeftError('WEFT_CLOSED', 'the connection was closed', { ambiguous: true }));
    this.#connection?.destroy();
  }

  #connectionTo(origin: string): Connection {
    if (this.#connection && this.#origin === origin) return this.#connection;
    this.#connection?.destroy();
    this.#origin = origin;
    this.#connection = new Connection(origin, this.#settings, this.#connect, this.#owner());
    return this.#connection;
  }

  #owner(): ConnectionOwner {
    return {
      freed: (_, sound) => {
        this.#unlisten?.();
        if (!sound) this.close();
      },
      spent: (connection) => {
        if (connection === this.#connection) this.close();
      },
    };
  }

  #around(origin: string): ExchangeOwner {
    const { responseBytes } = this.#settings;
    return { target: origin.slice(origin.indexOf('//') + 2), responseBytes, unqueue: () => false };
  }

  #listen(signal: AbortSignal, exchange: Exchange): void {
    const onAbort = () => exchange.abort(cancelled(signal, true));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => signal.removeEventListener('abort', onAbort);
  }
}

/**
 * `http://host:port` of a URL, and what comes behind it.
 * @throws WEFT_INVALID_ARGUMENT when it is none of http or https, or has credentials in it
 */
export function destinationOf(target: string): { origin: string; path: string } {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalid(
      target,
      'a URL such as "http://host:8080/path", without credentials; a path alone needs the option url of the pool',
    );
  }
  return { origin: url.origin, path: `${url.pathname}${url.search}` };
}

function pathOf(target: string): string {
  if (!target.startsWith('/')) throw invalid(target, 'a path that begins with "/": the pool has one url');
  return target;
}

/** Why a signal ended it: in the words of whoever aborted, when they are ours. `ambiguous` when something may have been sent. */
export function cancelled({ reason }: AbortSignal, ambiguous = false): WeftError {
  if (reason instanceof WeftError) return reason;
  return new WeftError('WEFT_CANCELLED', 'cancelled by the caller', { ambiguous, cause: reason });
}

function flat(headers: HeaderMap): string[] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    (typeof value === 'string' ? [value] : value).flatMap((one) => [name.toLowerCase(), one]),
  );
}

function invalid(target: string, expected: string): WeftError {
  const given = target.replace(/\/\/[^/@]*@/, '//***@');
  return new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(given)}: expected ${expected}`);
}
