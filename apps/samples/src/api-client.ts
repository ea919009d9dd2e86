import type { Client } from '@weft/client';
import { createClient } from '@weft/host';

/** A client of one service, with all that can be set. */
export function createOrdersClient(): Promise<Client> {
  return createClient({
    serviceName: 'orders',
    registry: { driver: 'file', path: './.weft' },
    timeout: '3s',
    attemptTimeout: '1s',
    retries: 2,
    retryDelay: '25ms',
    maxRetries: 5,
    loadBalancer: 'round_robin',
    circuitBreaker: { threshold: 5, timeout: '30s', halfOpen: true },
  });
}

/** The whole of an answer that comes in pieces. */
export async function exportOrders(orders: Client): Promise<string> {
  const file = await orders.call('GET', '/orders/export', null, { stream: true });
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
