import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedOf, Load, percentile, told } from './load.js';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const TTL_MS = 3_000;

describe('kill -9 of 1 of 5 under load', () => {
  let providers: Providers;
  beforeAll(async () => {
    providers = await Providers.start(5);
  });
  afterAll(() => providers.stop());

  it('R1 loses no GET; a POST fails only if it was on the wire then, and says ambiguous; R2 the registry forgets it', async () => {
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
    const load = new Load(client);
    await rest(3_000);
    const killedAt = load.nowMs();
    providers.signal('things-3', 'SIGKILL');
    await providers.untilListed(4);
    const goneAfterMs = load.nowMs() - killedAt;
    await rest(5_000);
    const ended = await load.stop();
    await client.close();
    await transport.close();

    expect(ended.length).toBeGreaterThan(1_500);
    expect(failedOf(ended, 'GET'), told(ended)).toEqual([]);
    const failedPosts = failedOf(ended, 'POST');
    expect(failedPosts.length, told(ended)).toBeLessThanOrEqual(10);
    for (const { error } of failedPosts) expect(error).toMatchObject({ code: 'WEFT_UNAVAILABLE', ambiguous: true });
    for (const { atMs } of failedPosts)
      expect(Math.abs(atMs - killedAt), 'a POST failed long after the kill').toBeLessThan(1_000);
    const before = ended.filter(({ atMs }) => atMs > 500 && atMs < killedAt - 100);
    const after = ended.filter(({ atMs }) => atMs > killedAt);
    expect(percentile(after, 0.99)).toBeLessThan(3 * 5 * percentile(before, 0.99));
    expect(goneAfterMs).toBeLessThan(TTL_MS + 2_000);
    expect(after.slice(-100).every(({ by }) => by !== 'things-3')).toBe(true);
  });
});
