import type { AmbientContext, Body, Caller, HeaderMap, Logger, PeerIdentity, Span } from '@weft/core';
import type { ReplyInit, ServiceReply } from './reply.js';

/** Values of a query or a form: a name that is there twice has a list. */
export type QueryValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The time that a caller gives. */
export interface RequestDeadline {
  /** Instant on the process's monotonic clock by which the caller stops waiting; undefined when it did not say. */
  readonly at: number | undefined;
  /** Ms left, never below 0; Infinity when the caller did not say. */
  leftMs(): number;
}

/** A request as handlers see it, whatever wire it came over. Members may be taken out: `({ params, json }) => ...`. */
export interface RequestContext<Body = unknown> extends AmbientContext {
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Pattern of the route, such as `/users/:id`; undefined when none matches. */
  readonly route?: string | undefined;
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Parsed from the path; without a prototype. */
  readonly query: QueryValues;
  /** Names in lower case; without those about the caller when the peer is not trusted. */
  readonly headers: HeaderMap;
  /** Parsed by content-type: JSON, form (as `query`), text, else bytes; undefined when there is none. */
  readonly body: Body;
  /** Address of the caller; behind trusted proxies the one that they tell. */
  readonly remoteAddress: string;
  /** What the certificate of the peer says, with `tls.ca`; behind a proxy that is the proxy's. */
  readonly peer?: PeerIdentity | undefined;
  /** Who calls, where a middleware such as `bearerAuth` has found out. */
  user?: Caller | undefined;
  /**
   * Headers of the answer to what is thrown from here on: that answer is made outside of the middlewares. Names in lower case;
   * for a middleware that puts headers on every answer.
   */
  readonly failureHeaders: Record<string, string>;
  /**
   * Names the one effect of this request, for whoever keys effects by it: the header `idempotency-key`; undefined when there
   * is none, or none that can be one.
   */
  readonly idempotencyKey: string | undefined;
  /** Fires when the caller has gone or cancelled, its time is up, or another works at the same key: its reason is a `WeftError`. */
  readonly signal: AbortSignal;
  /** How long the caller still waits. */
  readonly deadline: RequestDeadline;
  /** The version that answers; `latest` for the plain handler. */
  version: string;
  /** Span of this request. */
  readonly span: Span;
  /** The service's logger. */
  readonly log: Logger;
  /** An answer in JSON with a status and headers. */
  json(value: unknown, init?: ReplyInit): ServiceReply;
  /** An answer in plain text. */
  text(value: string, init?: ReplyInit): ServiceReply;
  /** An answer as it is: bytes, text, pieces, or nothing. */
  reply(body?: ReplyBody, init?: ReplyInit): ServiceReply;
}

/** What `reply` takes. */
export type ReplyBody = Body;
