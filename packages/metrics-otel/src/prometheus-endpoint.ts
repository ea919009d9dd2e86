import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, messageOf, WeftError } from '@weft/core';
import { PROMETHEUS_TEXT_TYPE } from './prometheus-text.js';
import { isTrustedHost } from './trusted-host.js';

const LONGEST_REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 64;

/** Where Prometheus fetches metrics. */
export interface PrometheusEndpointOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 for any that is free. */
  readonly port: number;
  /** Path of the metrics; all others are not found. */
  readonly path: string;
  /** Host names that it is asked for by, beside `localhost` and IP addresses. */
  readonly names: readonly string[];
  /** Told when something goes wrong. */
  readonly logger: Logger;
}

/** A running endpoint. It alone does not keep the process alive. */
export interface PrometheusEndpoint {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/**
 * Serves what `scrape` gives, over plain HTTP, to GET requests only.
 * @throws WEFT_CONFLICT when the port is in use, WEFT_CONFIG_INVALID when it cannot be listened on
 */
export async function openPrometheusEndpoint(
  options: PrometheusEndpointOptions,
  scrape: () => Promise<string>,
): Promise<PrometheusEndpoint> {
  const server = createServer({ requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS }, (request, response) => {
    answer(request, response, options, scrape).catch((error) => {
      options.logger.error('metrics could not be written', { error: messageOf(error) });
      refuse(response, 500, 'metrics could not be written');
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  server.unref();
  server.on('error', (error) => options.logger.error('the endpoint of metrics failed', { error: messageOf(error) }));
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}${options.path}`, close: () => close(server) };
}

async function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { path, host, names }: PrometheusEndpointOptions,
  scrape: () => Promise<string>,
): Promise<void> {
  if (!isTrustedHost(headers.host, [host, ...names])) return refuse(response, 403, 'this host name is not served here');
  if (url.split('?', 1)[0] !== path) return refuse(response, 404, 'not found');
  if (method !== 'GET') return refuse(response.setHeader('allow', 'GET'), 405, 'only GET');
  const body = Buffer.from(await scrape());
  response.writeHead(200, { 'content-type': PROMETHEUS_TEXT_TYPE, 'content-length': body.length }).end(body);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

function listen(server: Server, { host, port }: PrometheusEndpointOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const help = isTaken
        ? ': it is in use; set another port, 0 for any that is free, or prometheus: false'
        : `: ${error.message}`;
      const message = `metrics.prometheus: cannot listen on ${host}:${port}${help}`;
      reject(new WeftError(isTaken ? 'WEFT_CONFLICT' : 'WEFT_CONFIG_INVALID', message, { cause: error }));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
