import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '@weft/core';
import { HttpInbound } from './http-inbound.js';
import { reply } from './reply.js';
import type { ServiceHandler } from './service-handler.js';
import type { ServiceRequest } from './service-request.js';

/** What `http.createServer` takes: an express or koa application, or any other. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Hands a request over to a node handler, with `prefix` taken off its url (the whole stays in `originalUrl`), and waits
 * until it is answered. What the handler throws is the service's to answer; it breaks off an answer that has begun, so
 * that the caller does not take the part for the whole.
 */
export function handOver(prefix: string, handler: NodeHandler): ServiceHandler {
  return async (context) => {
    const { inbound } = context as ServiceRequest;
    if (!(inbound instanceof HttpInbound)) throw new ServiceError(501, 'A mounted handler answers over HTTP only');
    if (!inbound.response.closed) await answerWith(handler, prefix, inbound);
    return reply(undefined, { status: inbound.response.statusCode });
  };
}

async function answerWith(handler: NodeHandler, prefix: string, inbound: HttpInbound): Promise<void> {
  const { request, response } = inbound.handOver();
  const originalUrl = request.url ?? '/';
  const rest = originalUrl.slice(prefix.length);
  Object.assign(request, { originalUrl, url: rest.startsWith('/') ? rest : `/${rest}` });
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  try {
    await handler(request, response);
  } catch (error) {
    takeBack(response);
    throw error;
  }
  await closed;
}

function takeBack(response: ServerResponse): void {
  if (!response.headersSent) for (const name of response.getHeaderNames()) response.removeHeader(name);
  else if (!response.writableEnded) response.destroy();
}
