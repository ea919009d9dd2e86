import type { AmbientContext, Body, HeaderMap, Logger, Span } from '@weft/core';
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
  /** Fires when the caller has gone or cancelled, or its time is up: its reason is a `WeftError`. */
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
