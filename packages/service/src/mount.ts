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
 * until it is answered.
 */
export function handOver(prefix: string, handler: NodeHandler): ServiceHandler {
  return async (context) => {
    const { inbound } = context as ServiceRequest;
    if (!(inbound instanceof HttpInbound)) throw new ServiceError(501, 'A mounted handler answers over HTTP only');
    const { request, response } = inbound;
    const originalUrl = request.url ?? '/';
    const rest = originalUrl.slice(prefix.length);
    Object.assign(request, { originalUrl, url: rest.startsWith('/') ? rest : `/${rest}` });
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    await handler(request, response);
    await closed;
    return reply(undefined, { status: response.statusCode });
  };
}
