import type { Endpoint, ServiceInstance } from './instance.js';
import type { Handler } from './middleware.js';

/** Header names in lower case, as node:http gives them. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A body that is whole, or one that comes in pieces. */
export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

/** One try of a call, addressed to one instance. */
export interface Attempt {
  /** Who is called. */
  readonly instance: ServiceInstance;
  /** Which of its endpoints. */
  readonly endpoint: Endpoint;
  /** Upper case. */
  readonly method: string;
  /** Path and query below the service, checked and encoded. */
  readonly path: string;
  /** Names and values in turn: `[name, value, name, value]`, names in lower case. */
  readonly headers: string[];
  /** What is sent; none when undefined. */
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
  /** HTTP status, 100 to 599; other wires map theirs to it. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** The header `content-type`, where a transport can tell it without decoding the others. */
  readonly contentType?: string | undefined;
  /** Whole unless the attempt asked for a stream. */
  readonly body?: Body | undefined;
}

/** The caller's side of a wire. One object serves all instances; it keeps their connections. */
export interface ClientTransport {
  /** The endpoint protocols it speaks. */
  readonly protocols: readonly string[];
  /** What it can do: `streaming`, bodies in pieces both ways. */
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
  /** Lets calls in flight finish for a while, then gives every connection back. Idempotent, never rejects. */
  close(): Promise<void>;
}

/** What a caller's certificate says of its owner, after its authority was checked. */
export interface PeerIdentity {
  /** Common name; counts only where the certificate has neither of the two below (RFC 6125, section 6.4.4). */
  readonly commonName: string | undefined;
  /** Subject alternative names that are host names. */
  readonly dnsNames: readonly string[];
  /** Subject alternative names that are URIs, such as `spiffe://mesh/orders`. */
  readonly uris: readonly string[];
  /** SHA-256 of the certificate: hex in pairs with colons. */
  readonly fingerprint256: string;
}

/** Who calls, once a middleware has found out. */
export interface Caller {
  /** Name that stands in logs; never a secret. */
  readonly id: string;
  /** What else is known, such as the claims of a token. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** A request as a service sees it, whatever wire it came over. */
export interface Inbound {
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: HeaderMap;
  /** What was sent; none when undefined. */
  readonly body?: Body | undefined;
  /** Name of the contract's operation, on wires that carry it. */
  readonly operation?: string | undefined;
  /** Address of the peer; empty when the wire has none. */
  readonly remoteAddress: string;
  /** Who the peer is, on wires that check certificates; undefined when it showed none. Made when it is first read. */
  readonly peer?: PeerIdentity | undefined;
  /** Fires when the caller has gone or cancelled. */
  readonly signal: AbortSignal;
}

/** Where and how to listen. */
export interface ListenOptions {
  /** Address to bind. */
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** PEM texts; with `ca`, callers must show a certificate. */
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array; readonly ca?: string | Uint8Array };
  /** Largest body and largest headers of a request, in bytes. */
  readonly limits?: { readonly bodyBytes?: number; readonly headerBytes?: number };
}

/** A service that accepts calls. */
export interface Listening {
  /** What to announce. */
  readonly endpoint: Endpoint;
  /** Stops accepting, tells callers to leave, resolves when the calls in flight are done or after `graceMs`. Never rejects. */
  drain(graceMs: number): Promise<void>;
  /** Cuts what is left and gives the port back. Idempotent, never rejects. */
  close(): Promise<void>;
}

/** The service's side of a wire. */
export interface ServerTransport {
  /** Protocol of the endpoints it makes. */
  readonly protocol: string;
  /**
   * `dispatch` answers failures itself; should it reject, the caller is cut off or told 500.
   * @throws WEFT_CONFLICT when the port is in use, WEFT_CONFIG_INVALID when the address cannot be bound
   */
  listen(options: ListenOptions, dispatch: Handler<Inbound, Reply>): Promise<Listening>;
}
