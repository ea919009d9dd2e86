import { Client } from '@weft/client';
import { epochMs, WeftError } from '@weft/core';
import { openHttpTransport } from '@weft/transport-http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Provider, Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const TIMEOUT_MS = 500;
/** A machine that is busy runs timers late: five times what the row allows. */
const SLACK = 5;

/** What a service has seen of a call that it passed on. */
interface Visit {
  readonly header: number;
  readonly overAt?: number;
}

describe('a call through three processes', () => {
  let providers: Providers;
  let b: Provider;
  let c: Provider;
  beforeEach(async () => {
    providers = await Providers.start(0);
    c = await providers.add('c-1', {}, { NAME: 'c', DELAY_MS: String(2 * TIMEOUT_MS) });
    b = await providers.add('b-1', {}, { NAME: 'b', NEXT: 'c' });
  });
  afterEach(() => providers.stop());

  /** Without the first one, by which they have got to know each other. */
  const visitsOf = async ({ port }: Provider) =>
    ((await (await fetch(`http://127.0.0.1:${port}/visits`)).json()) as readonly Visit[]).slice(1);

  const ways = [
    ['that is tried once', 0],
    ['with the default retries', 3],
  ] as const;
  it.each(ways)('R54 a call %s ends everywhere when the time of the first caller is up', async (_, retries) => {
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'b', registry: providers.registry, transport });
    expect((await client.get('/chain', { timeout: '30s', retries: 0 })).statusCode).toBe(200);
    const calledAt = epochMs();
    const end = await client.get('/chain', { timeout: TIMEOUT_MS, retries }).catch(WeftError.from);
    const endedAt = epochMs();
    // b, which tries in vain itself, may see early that no try of its own can be answered in time; a obeys (semantics 9).
    if (end instanceof WeftError) {
      expect(end).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
      expect(endedAt - calledAt).toBeGreaterThanOrEqual(TIMEOUT_MS - 50);
    } else {
      expect(retries, 'an answer of b').toBeGreaterThan(0);
      expect(end).toMatchObject({ statusCode: 504, retriesSuppressed: 'server' });
    }
    expect(endedAt - calledAt).toBeLessThan(TIMEOUT_MS + SLACK * 50);
    await rest(SLACK * 100);
    const [atB, atC] = [await visitsOf(b), await visitsOf(c)];
    expect(atB.length, 'tries of a').toBeGreaterThanOrEqual(1);
    expect(atB.length, 'tries of a').toBeLessThanOrEqual(retries + 1);
    expect(atC.length, 'tries of b').toBeGreaterThanOrEqual(1);
    expect(atC.length, 'tries of b').toBeLessThanOrEqual(4 * atB.length);
    for (const visits of [atB, atC]) {
      for (const { overAt } of visits) expect(overAt, 'each has heard of the end').toBeLessThan(endedAt + SLACK * 100);
    }
    const [longestAtB, longestAtC] = [atB, atC].map((visits) => Math.max(...visits.map(({ header }) => header)));
    expect(longestAtB).toBeLessThanOrEqual(TIMEOUT_MS);
    expect(longestAtC, 'each waits less than the one before').toBeLessThan(longestAtB ?? 0);
    await client.close();
    await transport.close();
  });
});
