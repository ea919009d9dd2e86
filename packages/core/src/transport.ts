import type { Endpoint, ServiceInstance } from './instance.js';
import type { Handler } from './middleware.js';

/** Header names in lower case, as node:http gives them. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A body that is whole, or one that comes in pieces. */
export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

/** One try of a call, addressed to one instance. */
export interface Attempt {
  readonly instance: ServiceInstance;
  readonly endpoint: Endpoint;
  /** Upper case. */
  readonly method: string;
  /** Path and query below the service, checked and encoded. */
  readonly path: string;
  /** Names and values in turn: `[name, value, name, value]`, names in lower case. */
  readonly headers: string[];
  readonly body?: Body | undefined;
  /** Name of the contract's operation, for transports that route by it. */
  readonly operation?: string | undefined;
  /** Whether the caller reads the body in pieces. */
  readonly stream: boolean;
  /**
   * Set by the transport while the try is under way: ends it on the wire, and `send` rejects with `error`; with a copy that
   * is not ambiguous when nothing had been written.
   */
  abort?: ((error: Error) => void) | undefined;
}

/** The answer to a try. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderMap;
  /** Whole unless the attempt asked for a stream. */
  readonly body?: Body | undefined;
}

/** The caller's side of a wire. One object serves all instances; it keeps their connections. */
export interface ClientTransport {
  /** The endpoint protocols it speaks. */
  readonly protocols: readonly string[];
  readonly supports: { readonly streaming: boolean };
  /**
   * Makes one try. Never retries by itself. A failure that cannot have reached the server has `ambiguous: false`.
   * @throws WEFT_UNAVAILABLE with `failure` refused, connect-timeout or reset
   * @throws WEFT_PROTOCOL_ERROR when what came back is no valid answer
   * @throws WEFT_RESPONSE_TOO_LARGE for a whole answer beyond the limit, counted after decompression
   * @throws WEFT_OVERLOADED when no connection came free in time
   * @throws WEFT_CLOSED after close()
   */
  send(attempt: Attempt): Promise<Reply>;
  /** Lets go of the connections to an instance that has left; calls in flight finish. */
  release?(instance: ServiceInstance): void;
  close(): Promise<void>;
}

/** A request as a service sees it, whatever wire it came over. */
export interface Inbound {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: HeaderMap;
  readonly body?: Body | undefined;
  readonly operation?: string | undefined;
  /** Address of the peer; empty when the wire has none. */
  readonly remoteAddress: string;
  /** Fires when the caller has gone or cancelled. */
  readonly signal: AbortSignal;
}

/** Where and how to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array; readonly ca?: string | Uint8Array };
  readonly limits?: { readonly bodyBytes?: number; readonly headerBytes?: number };
}

/** A service that accepts calls. */
export interface Listening {
  readonly endpoint: Endpoint;
  /** Stops accepting, tells callers to leave, resolves when the calls in flight are done or after `graceMs`. */
  drain(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The service's side of a wire. */
export interface ServerTransport {
  readonly protocol: string;
  /** `dispatch` answers failures itself; should it reject, the caller is cut off or told 500. */
  listen(options: ListenOptions, dispatch: Handler<Inbound, Reply>): Promise<Listening>;
}
