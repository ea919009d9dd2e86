import type { EventEmitter } from 'node:events';
import type { Agent, IncomingHttpHeaders } from 'node:http';
import Consul from 'consul';

/** One request as papi takes it, on which the library `consul` is built. */
export interface ClientRequest {
  /** For its error messages. */
  readonly name: string;
  /** HTTP method. */
  readonly method: string;
  /** Below `/v1`, its parts percent-encoded. */
  readonly path: string;
  /** Parameters after the `?`. */
  readonly query: Readonly<Record<string, string>>;
  /** Sent beside the headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: Buffer;
  /** Emitting `cancel` destroys the request. */
  readonly ctx: EventEmitter;
  /** Leaves the body as it came. */
  readonly buffer: true;
}

/** What the server said. */
export interface ClientResponse {
  /** HTTP status. */
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** As it came; absent when empty. */
  readonly body?: Buffer;
}

/** The library's connection to one agent. */
export interface ConsulClient {
  /** Rejects with an error that has a `response` when the status is not 2xx. */
  _request(request: ClientRequest): Promise<ClientResponse>;
}

/** Where a client connects to. */
export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** Whether it speaks TLS. */
  readonly secure: boolean;
  /** Keeps the connections. */
  readonly agent: Agent;
}

/**
 * The library's client. It is used through the request method that it inherits from papi: its typed methods know neither
 * weights nor namespaces, hide the headers that tell how old an answer is, and answer `any[]`.
 */
export function createConsulClient({ host, port, secure, agent }: ClientOptions): ConsulClient {
  const isIpv6 = host.includes(':');
  const client: object = new Consul({ host: isIpv6 ? `[${host}]` : host, port, secure, agent });
  return client as ConsulClient;
}
