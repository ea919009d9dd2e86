import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ATTEMPT_TIMEOUT_MS = 10_000;

describe('SIGSTOP of 1 of 5 for 12 s under load', () => {
  let providers: Providers;
  beforeAll(async () => {
    providers = await Providers.start(5, { TTL: '30s' });
  });
  afterAll(() => providers.stop());

  it('R3 loses no GET, holds no call longer than a try’s time, and sends the frozen one next to nothing', async () => {
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
    const load = new Load(client);
    await rest(2_000);
    const frozenAt = load.nowMs();
    providers.signal('things-2', 'SIGSTOP');
    await rest(12_000);
    providers.signal('things-2', 'SIGCONT');
    const thawedAt = load.nowMs();
    await rest(10_000);
    const ended = await load.stop();
    await client.close();
    await transport.close();

    expect(failedOf(ended, 'GET'), told(ended)).toEqual([]);
    for (const { error } of failedOf(ended, 'POST'))
      expect(error).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    const slowest = Math.max(...ended.map(({ durationMs }) => durationMs));
    expect(slowest).toBeLessThan(ATTEMPT_TIMEOUT_MS + 5 * 1_100);
    const victims = ended.filter(({ atMs, durationMs }) => atMs > frozenAt && atMs < thawedAt && durationMs > 900);
    expect(victims.length, 'calls that met the frozen instance: its fair share of about two seconds').toBeLessThan(2.5 * 60);
    expect(victims.filter(({ atMs }) => atMs > frozenAt + 5_000).length, 'late victims').toBeLessThanOrEqual(9);
    const afterThaw = ended.filter(({ atMs }) => atMs > thawedAt + 8_000);
    expect(
      afterThaw.some(({ by }) => by === 'things-2'),
      'R4 takes traffic again within 10 s',
    ).toBe(true);
  });
});
