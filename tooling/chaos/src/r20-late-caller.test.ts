import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import type { ClientTransport } from '@weft/core';
import { openHttpTransport } from '@weft/transport-http';
import { expect, it } from 'vitest';
import { Providers } from './providers.js';

const STALL_MS = 2_000;

/** Between the caller's last look at its connection, for which it lets the loop turn three times, and its first byte on it. */
function standStillBeforeWriting(): void {
  setImmediate(() => setImmediate(() => setImmediate(standStill)));
}

function standStill(): void {
  const until = performance.now() + STALL_MS;
  while (performance.now() < until);
}

it('R20 a POST of a caller that stands still for 2 s, just before it writes to an instance that leaves meanwhile, is answered', async () => {
  const providers = await Providers.start(1);
  const transport = openHttpTransport();
  let isNext = false;
  const late: ClientTransport = {
    ...{ protocols: transport.protocols, supports: transport.supports, close: () => transport.close() },
    release: (instance) => transport.release?.(instance),
    send(attempt) {
      if (isNext) standStillBeforeWriting();
      isNext = false;
      return transport.send(attempt);
    },
  };
  const client = new Client({ serviceName: 'things', registry: providers.registry, transport: late });
  try {
    await client.post('/things', { n: 1 });
    await rest(100);
    const left = providers.leave('things-1');
    isNext = true;
    const answer = await client.post('/things', { n: 2 }, { retries: 0, timeout: '10s' });
    expect([answer.statusCode, answer.data]).toEqual([201, { by: 'things-1', echo: { n: 2 } }]);
    expect(await left).toBe(0);
  } finally {
    await client.close();
    await transport.close();
    await providers.stop();
  }
});
