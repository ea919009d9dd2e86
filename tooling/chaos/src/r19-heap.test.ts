import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { describe, expect, it } from 'vitest';
import { failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

/** Each call keeps 250 KB for 5 s: 60 a second would need 75 MB. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=64', DELAY_MS: '5000' };
const CALLS_PER_SECOND = 60;
const LOAD_MS = 8_000;

/** Loads a process that has little memory; tells what came back of it. */
async function hoard(service: Readonly<Record<string, unknown>>) {
  const providers = await Providers.start(1, { ...HEAP, CONFIG: JSON.stringify({ service }) });
  const transport = openHttpTransport({ pool: { connections: 1_000 } });
  const retryAfter = new Set<unknown>();
  const client = new Client({
    serviceName: 'things',
    registry: providers.registry,
    transport,
    retries: 0,
    circuitBreaker: false,
    outlier: false,
    middleware: (next) => async (request) => {
      const reply = await next(request);
      if (reply.statusCode === 503) retryAfter.add(reply.headers['retry-after']);
      return reply;
    },
  });
  try {
    const load = new Load(client, CALLS_PER_SECOND, () => ['GET', '/hoard']);
    await rest(LOAD_MS);
    const { signalCode } = providers.get('things-1').process;
    const isLive = await client.get('/livez').then(
      ({ statusCode }) => statusCode === 200,
      () => false,
    );
    const ended = await load.stop();
    return { ended, retryAfter: [...retryAfter], signalCode, isLive };
  } finally {
    await Promise.all([client.close(), providers.stop()]);
    await transport.close();
  }
}

/** What R19 asks for. */
async function expectSheds(service: Readonly<Record<string, unknown>>): Promise<void> {
  const { ended, retryAfter, signalCode, isLive } = await hoard(service);
  expect([signalCode, isLive], `the process lives: ${told(ended)}`).toEqual([null, true]);
  const shed = failedOf(ended);
  expect(new Set(shed.map(({ status }) => status)), told(ended)).toEqual(new Set([503]));
  expect(retryAfter).toEqual(['1']);
  expect(ended.length - shed.length, 'answered').toBeGreaterThan(100);
}

describe.concurrent('R19 a process of 64 MB that is asked for more than it can hold', () => {
  it('dies without protection', async () => {
    const { signalCode, isLive } = await hoard({});
    expect([signalCode, isLive]).toEqual(['SIGABRT', false]);
  });

  // As little, because V8's limit includes 48 MB for new objects, which old ones never get: this process dies at half of it.
  it('sheds with 503 and Retry-After when 40 % of the heap are in use, answers the others, and lives', async () => {
    await expectSheds({ overload: { heapRatio: 0.4 } });
  });
});
