import type { Response } from '@weft/client';
import type { Tracer } from '@weft/core';
import { TracingMonitor } from '@weft/tracing';

const monitor = new TracingMonitor();

/** What asks another service; a client of it does. */
interface UserCaller {
  get(path: string): Promise<Response>;
}

/** Makes a call in a span that tells what was called, what came back, and that it is over. */
export async function getTracedUser(tracer: Tracer, users: UserCaller, id: string): Promise<Response> {
  const span = tracer.startSpan('get_user');
  monitor.monitorServiceCall(span, 'user-service', 'GET', `/users/${id}`);
  try {
    const response = await users.get(`/users/${id}`);
    monitor.monitorServiceResponse(span, response);
    return response;
  } catch (error) {
    monitor.monitorServiceResponse(span, undefined, error);
    throw error;
  } finally {
    span.finish();
  }
}
