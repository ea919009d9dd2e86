import type { Attempt, ClientTransport, Clock, Endpoint, ServiceInstance } from '@weft/core';
import { WeftError } from '@weft/core';

/**
 * Asks an instance on its health path whether it can serve: true when it answers 2xx in time. An instance without a
 * health path passes by answering anything below 500.
 */
export async function probe(
  instance: ServiceInstance,
  endpoint: Endpoint,
  transport: ClientTransport,
  timeoutMs: number,
  clock: Clock,
): Promise<boolean> {
  const path = instance.healthPath ?? '/';
  const attempt: Attempt = { instance, endpoint, method: 'GET', path, headers: [], stream: false };
  const timer = clock.setTimer(timeoutMs, () => {
    attempt.abort?.(new WeftError('WEFT_DEADLINE_EXCEEDED', 'no answer to a probe', { failure: 'timeout', ambiguous: true }));
  });
  try {
    const { status } = await transport.send(attempt);
    return instance.healthPath ? status >= 200 && status < 300 : status < 500;
  } catch {
    return false;
  } finally {
    timer.cancel();
  }
}
