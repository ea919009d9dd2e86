import type { Handler, HeaderMap, LogFields, Logger, Middleware, Reply, TraceContext } from '@weft/core';
import type { MiddlewareRequest } from './index.js';

/**
 * What `RequestContext` of `@weft/service` has of interest here, restated: that package must not be needed here. Accessors
 * without setters, as there.
 */
export class SampleRequest {
  readonly method: string = 'GET';
  readonly path: string = '/orders/7?token=secret';
  readonly headers: HeaderMap = {};
  readonly remoteAddress: string = '127.0.0.1';
  readonly trace: TraceContext | undefined = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    sampled: true,
  };
  readonly body: unknown;
  declare readonly route?: string;
  declare readonly peer?: MiddlewareRequest['peer'];
  declare readonly failureHeaders?: Record<string, string>;
  declare readonly log: Logger;

  constructor(part: Partial<MiddlewareRequest> & { readonly body?: unknown } = {}) {
    Object.assign(this, part);
  }

  get query(): Readonly<Record<string, string | readonly string[] | undefined>> {
    return { limit: '5' };
  }

  get params(): Readonly<Record<string, string>> {
    return { id: '7' };
  }
}

/** A middleware as `service.use()` takes it. */
export type SampleMiddleware = Middleware<SampleRequest, Reply>;

/** An answer in JSON. */
export function jsonReply(value: unknown, headers: HeaderMap = {}): Reply {
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** What `middleware` makes of a request that `handler` answers. */
export function through(
  middleware: SampleMiddleware,
  request: SampleRequest = new SampleRequest(),
  handler: Handler<SampleRequest, Reply> = async () => jsonReply({ ok: true }),
): Promise<Reply> {
  return middleware(handler)(request);
}

/** Bytes of a body that comes in pieces, or whole. */
export async function bytesOf({ body }: Reply): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A logger that keeps its lines as `[level, message, fields]`. */
export function keptLogger(): Logger & { readonly lines: [string, string, LogFields | undefined][] } {
  const lines: [string, string, LogFields | undefined][] = [];
  const line = (level: string) => (message: string, fields?: LogFields) => void lines.push([level, message, fields]);
  const logger = {
    lines,
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: () => logger,
  };
  return logger;
}
