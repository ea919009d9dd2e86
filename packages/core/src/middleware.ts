/** Anything that turns a request into a reply. */
export type Handler<Request, Reply> = (request: Request) => Promise<Reply>;

/** Wraps a handler. First in a list is outermost. `next` may be called again: that is what a retry is. */
export type Middleware<Request, Reply> = (next: Handler<Request, Reply>) => Handler<Request, Reply>;

/** One handler out of many middlewares, bound once: nothing is composed per call. */
export function compose<Request, Reply>(
  middlewares: readonly Middleware<Request, Reply>[],
  innermost: Handler<Request, Reply>,
): Handler<Request, Reply> {
  return middlewares.reduceRight((next, middleware) => middleware(next), innermost);
}
