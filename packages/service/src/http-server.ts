import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type Clock,
  type Inbound,
  type ListenOptions,
  type Logger,
  messageOf,
  type Reply,
  type ServerTransport,
  systemClock,
  WeftError,
} from '@weft/core';
import { errorReply } from './error-reply.js';
import { HttpInbound } from './http-inbound.js';
import { HttpListening } from './http-listening.js';
import { type WriteSurroundings, writeReply } from './write-reply.js';

/** What an HTTP server is made with. */
export interface HttpServerOptions {
  /** Told of failures while answering. */
  readonly logger: Logger;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Connections at a time; more are dropped. */
  readonly connections?: number;
  /** Time for the headers of a request, in ms; default 10 s. */
  readonly headersTimeoutMs?: number;
}

/** As core's handler of requests, but an answer that is there at once needs no promise. */
export type Dispatch = (inbound: Inbound) => Reply | Promise<Reply>;

const MAX_URL_LENGTH = 8_192;
const MAX_HEADERS = 100;
const TOO_LONG = errorReply(414, 'The URL is longer than 8192 characters');
const TOO_MANY = errorReply(431, 'More than 100 headers');
const NO_PATH = errorReply(400, 'Expected a path');
const INTERNAL = errorReply(500, 'Internal server error');

const SERVER_OPTIONS = {
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
};

/** The service's side of HTTP/1.1, over node:http with bounded time and memory for whatever callers send. */
export class HttpServer implements ServerTransport {
  /** Of its endpoint; `https` with TLS. */
  readonly protocol = 'http';
  readonly #options: HttpServerOptions;

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  /** @throws WEFT_CONFLICT when the port is in use @throws WEFT_CONFIG_INVALID when the address cannot be bound, or the PEM texts not read */
  async listen(options: ListenOptions, dispatch: Dispatch): Promise<HttpListening> {
    const { logger, clock = systemClock, connections, headersTimeoutMs = 10_000 } = this.#options;
    const server = openServer(options, headersTimeoutMs);
    const listening = new HttpListening(server, { clock, protocol: options.tls ? 'https' : 'http' });
    const around: Answering = {
      ...{ dispatch, listening, logger, clock },
      cut(request, response, error) {
        response.destroy();
        logPanic(logger, request, error);
      },
    };
    const onRequest = (request: IncomingMessage, response: ServerResponse) => answer(request, response, around);
    server.maxHeadersCount = 0;
    if (connections !== undefined) server.maxConnections = connections;
    const bodyBytes = options.limits?.bodyBytes ?? Number.POSITIVE_INFINITY;
    server.on('request', onRequest).on('checkContinue', (request, response) => {
      if (Number(request.headers['content-length'] ?? 0) <= bodyBytes) response.writeContinue();
      onRequest(request, response);
    });
    await bind(server, options);
    server.on('error', (error) => logger.error('HTTP server failed', { error }));
    return listening;
  }
}

/** What all answers of a server have in common, made once. */
interface Answering extends WriteSurroundings {
  readonly dispatch: Dispatch;
  readonly listening: HttpListening;
  readonly logger: Logger;
}

function answer(request: IncomingMessage, response: ServerResponse, around: Answering): void {
  around.listening.hear(request);
  try {
    const reply = refusal(request) ?? around.dispatch(new HttpInbound(request, response, around.listening));
    if (reply instanceof Promise) answerLater(request, response, reply, around);
    else write(request, response, reply, around);
  } catch (error) {
    around.cut(request, response, error);
  }
}

async function answerLater(request: IncomingMessage, response: ServerResponse, reply: Promise<Reply>, around: Answering) {
  try {
    write(request, response, await reply, around);
  } catch (error) {
    around.cut(request, response, error);
  }
}

function write(request: IncomingMessage, response: ServerResponse, reply: Reply, around: Answering): void {
  try {
    writeReply(request, response, reply, around);
  } catch (error) {
    if (response.headersSent) throw error;
    logPanic(around.logger, request, error);
    response.statusMessage = '';
    writeReply(request, response, INTERNAL, around);
  }
}

function logPanic(logger: Logger, { url }: IncomingMessage, error: unknown): void {
  logger.error(`Panic: ${messageOf(error)}`, { error, path: url });
}

function refusal({ url = '', rawHeaders }: IncomingMessage): Reply | undefined {
  if (url.length > MAX_URL_LENGTH) return TOO_LONG;
  if (rawHeaders.length > 2 * MAX_HEADERS) return TOO_MANY;
  return url.startsWith('/') ? undefined : NO_PATH;
}

function openServer({ tls, limits }: ListenOptions, headersTimeoutMs: number): Server {
  const options = {
    ...SERVER_OPTIONS,
    headersTimeout: headersTimeoutMs,
    ...(limits?.headerBytes !== undefined && { maxHeaderSize: limits.headerBytes }),
  };
  if (!tls) return createServer(options);
  const key = { cert: asPem(tls.cert), key: asPem(tls.key) };
  const callers = tls.ca === undefined ? {} : { ca: asPem(tls.ca), requestCert: true, rejectUnauthorized: true };
  try {
    return createSecureServer({ ...options, ...key, ...callers });
  } catch (error) {
    throw new WeftError('WEFT_CONFIG_INVALID', `service.tls: cannot use cert and key: ${messageOf(error)}`, { cause: error });
  }
}

function asPem(pem: string | Uint8Array): string | Buffer {
  return typeof pem === 'string' ? pem : Buffer.from(pem);
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'WEFT_CONFLICT' : 'WEFT_CONFIG_INVALID';
      reject(new WeftError(code, `cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
