import type { IncomingHttpHeaders } from 'node:http';
import { nonsense } from './consul-error.js';

/** One request to Consul's HTTP API. */
export interface ConsulRequest {
  /** What is done, for errors: `listing "orders"`. */
  readonly what: string;
  /** Default `GET`. */
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Parts of the path below `/v1`; each is percent-encoded. */
  readonly path: readonly string[];
  /** Parameters after the `?`. */
  readonly query?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /**
   * Makes what takes the place of each element of an answer that is a list, while the rest of it is still to be parsed: of a
   * long one nothing else has to be kept, and nobody is held up by going through it at once.
   */
  readonly each?: (element: unknown) => unknown;
  /** Statuses beside 2xx that are an answer and no error. */
  readonly accept?: readonly number[];
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
  /** By when it has to be answered, in ms; default the timeout of the connection. */
  readonly timeoutMs?: number;
  /** Whether another agent may be asked when one may have done it already; default true. */
  readonly isRepeatable?: boolean;
}

/** What Consul answered. */
export interface ConsulAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Parsed when it was JSON, a text when it says that it is one, else bytes; undefined when empty. */
  readonly body: unknown;
  /** What was asked, and who answered, for errors. */
  readonly about: { readonly what: string; readonly from: string };
}

/** What stands in an answer that is a list, or what `each` has made of it. @throws WEFT_REGISTRY_UNAVAILABLE without `failure` when it is none */
export function listIn({ body, about: { what, from } }: ConsulAnswer): readonly unknown[] {
  if (!Array.isArray(body)) throw nonsense(what, from, 'expected a list');
  return body;
}
