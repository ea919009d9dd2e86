import { EventEmitter } from 'node:events';
import type { Agent } from 'node:http';
import { inspect } from 'node:util';
import { type Clock, messageOf, type ServerAddress, type TlsMaterial, WeftError } from '@weft/core';
import { type ClientResponse, type ConsulClient, createConsulClient } from './consul-client.js';
import { errorOfFailure, errorOfRefusal, lateError, nonsense, refusalOf } from './consul-error.js';
import type { ConsulAnswer, ConsulRequest } from './consul-request.js';
import { parseBody } from './parse-body.js';
import { PeerCloses } from './peer-closes.js';
import { PlainAgent } from './plain-agent.js';
import { TlsAgent } from './tls-agent.js';

/** What the requests to every agent have in common. */
export interface AgentSettings {
  /** Sent beside each request: the token, and a user's name and password. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with each request that is not about the agent itself: datacenter and namespace. */
  readonly scope: Readonly<Record<string, string>>;
  /** Reads the TLS files; undefined: the connection is plain. */
  readonly readTls: (() => Promise<TlsMaterial>) | undefined;
  /** Times the requests. */
  readonly clock: Clock;
}

const NO_SCOPE: Readonly<Record<string, string>> = {};

/** The connection to one Consul agent. */
export class ConsulAgent {
  /** `host:port`, for messages. */
  readonly name: string;
  private readonly closes = new PeerCloses();
  private readonly connections: Agent;
  private readonly client: ConsulClient;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    { host, port, username, password }: ServerAddress,
    private readonly settings: AgentSettings,
  ) {
    this.name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const { readTls, headers } = settings;
    // The library writes an IPv6 address with brackets, which is none to connect to.
    const options = { keepAlive: true, host };
    this.connections = readTls ? new TlsAgent(readTls, this.closes, options) : new PlainAgent(this.closes, options);
    this.client = createConsulClient({ host, port, secure: readTls !== undefined, agent: this.connections });
    const credentials = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    this.headers = username === undefined ? headers : { ...headers, authorization: `Basic ${credentials}` };
  }

  /**
   * Sends a request once.
   * @throws WEFT_REGISTRY_UNAVAILABLE with `failure` when the agent cannot be reached or does not answer, without it when
   * it answers an error
   * @throws WEFT_UNAUTHENTICATED @throws WEFT_PERMISSION_DENIED
   * @throws WEFT_INVALID_ARGUMENT when Consul calls the request a bad one
   */
  async send(request: ConsulRequest, timeoutMs: number): Promise<ConsulAnswer> {
    const { what, accept = [], each, signal } = request;
    const response = await this.exchange(request, timeoutMs).catch((error: unknown) => {
      if (error instanceof WeftError && error.code !== 'WEFT_CONFIG_INVALID') throw error;
      throw errorOfFailure(what, this.name, error);
    });
    const { statusCode: status, headers } = response;
    const isAnswer = (status >= 200 && status < 300) || accept.includes(status);
    if (!isAnswer) throw errorOfRefusal(what, this.name, refusalOf(response));
    const body = await parseBody(response, { each, signal }).catch((error: unknown) => {
      throw nonsense(what, this.name, messageOf(error));
    });
    if (signal.aborted) throw givenUp(what);
    return { status, headers, body, about: { what, from: this.name } };
  }

  /** How often the agent has ended a connection: it may be another one since, that knows nothing of what the last one said. */
  get breaks(): number {
    return this.closes.count;
  }

  /** Fires when the agent next ends a connection. */
  get lost(): AbortSignal {
    return this.closes.lost;
  }

  /** For logs: without what it was opened with. */
  [inspect.custom](): string {
    return this.toJSON();
  }

  /** As printed: whoever writes it into a log as JSON tells no token. */
  toJSON(): string {
    return `ConsulAgent(${this.name})`;
  }

  /** Ends every connection. */
  close(): void {
    this.connections.destroy();
  }

  /** Resolves to whatever was answered. */
  private exchange(
    { what, method = 'GET', path, query, body, signal }: ConsulRequest,
    timeoutMs: number,
  ): Promise<ClientResponse> {
    const ctx = new EventEmitter();
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown) => {
        end();
        reject(error);
        ctx.emit('cancel');
      };
      const onAbort = () => giveUp(givenUp(what));
      if (signal.aborted) return reject(givenUp(what));
      const timer = this.settings.clock.setTimer(timeoutMs, () => giveUp(lateError(what, this.name, timeoutMs)));
      const end = () => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const scope = path[0] === 'agent' || path[0] === 'status' ? NO_SCOPE : this.settings.scope;
      const content = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      this.client
        ._request({
          name: path.slice(0, 2).join('.'),
          method,
          path: `/${path.map(encodeURIComponent).join('/')}`,
          query: { ...scope, ...query },
          headers: this.headers,
          ctx,
          buffer: true,
          ...(content && { body: content }),
        })
        .then(
          (response) => {
            end();
            resolve(response);
          },
          (error: unknown) => {
            end();
            const response = responseOf(error);
            if (response) resolve(response);
            else reject(error);
          },
        );
    });
  }
}

function givenUp(what: string): WeftError {
  return new WeftError('WEFT_CANCELLED', `${what} was given up: aborted`);
}

function responseOf(error: unknown): ClientResponse | undefined {
  if (!(error instanceof Error) || !('response' in error)) return undefined;
  return error.response as ClientResponse;
}
