import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ATTEMPT_TIMEOUT_MS = 10_000;
const FAIR_PER_SECOND = 60;

describe('1 of 5 stands still under load', () => {
  let providers: Providers;
  beforeAll(async () => {
    providers = await Providers.start(5, { TTL: '30s' });
  });
  afterAll(() => providers.stop());

  /** What R3 asks for, of a stall from `frozenAt` to `thawedAt`. */
  function expectHarmless(ended: readonly Ended[], frozenAt: number, thawedAt: number): void {
    expect(failedOf(ended, 'GET'), told(ended)).toEqual([]);
    for (const { error } of failedOf(ended, 'POST'))
      expect(error, told(ended)).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    const slowest = Math.max(...ended.map(({ durationMs }) => durationMs));
    expect(slowest).toBeLessThan(ATTEMPT_TIMEOUT_MS + 5 * 1_100);
    const victims = ended.filter(({ atMs, durationMs }) => atMs > frozenAt && atMs < thawedAt && durationMs > 900);
    expect(victims.length, 'calls that met the frozen instance: its fair share of about two seconds').toBeLessThan(
      2.5 * FAIR_PER_SECOND,
    );
    expect(victims.filter(({ atMs }) => atMs > frozenAt + 5_000).length, 'late victims').toBeLessThanOrEqual(9);
  }

  /** What R4 asks for: it is called again within 10 s, and in no second gets more than one and a half times its fair share. */
  function expectFairReturn(ended: readonly Ended[], id: string, thawedAt: number): void {
    const after = ended.filter(({ atMs }) => atMs > thawedAt);
    const calls = after.filter(({ by }) => by === id);
    expect(calls[0]?.atMs, 'takes traffic again within 10 s').toBeLessThan(thawedAt + 10_000);
    for (let fromMs = thawedAt; fromMs < thawedAt + 9_000; fromMs += 250) {
      const within = ({ atMs }: Ended) => atMs >= fromMs && atMs < fromMs + 1_000;
      const fair = after.filter(within).length / 5;
      expect(calls.filter(within).length, `from ${fromMs - thawedAt} ms after it came back`).toBeLessThanOrEqual(1.5 * fair + 1);
    }
  }

  async function underLoad(run: (load: Load) => Promise<void>): Promise<readonly Ended[]> {
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
    const load = new Load(client);
    await rest(2_000);
    await run(load);
    const ended = await load.stop();
    await client.close();
    await transport.close();
    return ended;
  }

  it('R3 SIGSTOP of 12 s loses no GET and holds no call longer than a try’s time; R4 it comes back within 10 s, without a burst', async () => {
    let [frozenAt, thawedAt] = [0, 0];
    const ended = await underLoad(async (load) => {
      frozenAt = load.nowMs();
      providers.signal('things-2', 'SIGSTOP');
      await rest(12_000);
      providers.signal('things-2', 'SIGCONT');
      thawedAt = load.nowMs();
      await rest(10_000);
    });
    expectHarmless(ended, frozenAt, thawedAt);
    expectFairReturn(ended, 'things-2', thawedAt);
  });

  it('R5 an event loop that is blocked for 5 s does no more harm than that', async () => {
    let [frozenAt, thawedAt] = [0, 0];
    const ended = await underLoad(async (load) => {
      frozenAt = load.nowMs();
      await fetch(`http://127.0.0.1:${providers.get('things-4').port}/block/5000`, { method: 'POST' });
      thawedAt = load.nowMs();
      await rest(8_000);
    });
    expect(thawedAt - frozenAt).toBeGreaterThan(4_900);
    expectHarmless(ended, frozenAt, thawedAt);
    expect(failedOf(ended), `5 s are within every limit: ${told(ended)}`).toEqual([]);
    expectFairReturn(ended, 'things-4', thawedAt);
  });
});
