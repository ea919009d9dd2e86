import { messageOf, ServiceError } from '@weft/core';
import { json, type ServiceMiddleware } from '@weft/service';

/** What a handler throws on purpose: code, message, and details that are left out of the answer when there are none. */
export function orderNotFound(id: string): ServiceError {
  return new ServiceError(404, 'Order not found', `no order with id ${id}`);
}

/** The seed's middleware, written out. A service does the same by itself: this is for a service that logs in its own way. */
export function errorHandlingMiddleware(log: (line: string) => void): ServiceMiddleware {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      log(`Panic: ${messageOf(error)}`);
      return json({ error: 'Internal server error', code: 500 }, { status: 500 });
    }
  };
}
