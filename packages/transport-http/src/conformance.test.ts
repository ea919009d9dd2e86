import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keepReport, transportSuite } from '@weft/conformance';
import { type Body, type Handler, type HeaderMap, type Inbound, type Reply, type ServerTransport, systemClock } from '@weft/core';
import { afterAll, describe, it } from 'vitest';
import { openHttpTransport } from './index.js';

/** The plainest server that keeps the contract, as a counterpart: the real one lives in @weft/service. */
const nodeHttpServer: ServerTransport = {
  protocol: 'http',
  async listen({ host, port }, dispatch) {
    const server = createServer((request, response) => {
      serve(request, response, dispatch).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return {
      endpoint: { protocol: 'http', port: (server.address() as AddressInfo).port },
      drain: (graceMs) =>
        new Promise((resolve) => {
          const timer = systemClock.setTimer(graceMs, resolve);
          server.close(() => {
            timer.cancel();
            resolve();
          });
          server.closeIdleConnections();
        }),
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  },
};

async function serve(request: IncomingMessage, response: ServerResponse, dispatch: Handler<Inbound, Reply>): Promise<void> {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the caller has gone'));
  });
  const inbound: Inbound = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: request,
    remoteAddress: request.socket.remoteAddress ?? '',
    signal: controller.signal,
  };
  const reply = await dispatch(inbound).catch((): Reply => ({ status: 500, headers: {} }));
  response.writeHead(reply.status, ownHeaders(reply.headers));
  response.flushHeaders();
  await write(reply.body, response);
}

function ownHeaders(headers: HeaderMap): Record<string, string | string[]> {
  const own: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value) own[name] = typeof value === 'string' ? value : [...value];
  return own;
}

async function write(body: Body | undefined, response: ServerResponse): Promise<void> {
  if (typeof body === 'object' && Symbol.asyncIterator in body) await pipeline(Readable.from(body), response);
  else response.end(body);
}

const report = transportSuite(
  { describe, it },
  { name: 'transport-http', open: async () => ({ client: openHttpTransport(), server: nodeHttpServer }) },
);

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
