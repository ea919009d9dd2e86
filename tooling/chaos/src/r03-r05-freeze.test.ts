import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, told } from './load.js';
import { type Provider, Providers } from './providers.js';

/** Of the process's own loop, as Node sees it and as the service does: the longest delay, and those of more than a second. */
const LONGEST_DELAY = /^nodejs_eventloop_delay_max_seconds ([\d.]+)$/m;
const DELAYS_UP_TO_1_S = /^service_event_loop_delay_seconds_bucket\{le="1(?:\.0)?"\} (\d+)$/m;
const DELAYS = /^service_event_loop_delay_seconds_count (\d+)$/m;
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ATTEMPT_TIMEOUT_MS = 10_000;
const FAIR_PER_SECOND = 60;

describe('1 of 5 stands still under load', () => {
  let providers: Providers;
  beforeAll(async () => {
    providers = await Providers.start(5, { TTL: '30s', METRICS: 'yes' });
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

  /** What its record says of itself, one entry per change. */
  function follow(id: string): { end(): Promise<readonly string[]> } {
    const leave = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { instances } of providers.registry.watch('things', { signal: leave.signal })) {
        const status = instances.find((instance) => instance.id === id)?.status ?? 'gone';
        if (status !== seen.at(-1)) seen.push(status);
      }
    })().catch(() => {});
    return {
      async end() {
        leave.abort();
        await following;
        return seen;
      },
    };
  }

  it('R3 SIGSTOP of 12 s loses no GET and holds no call longer than a try’s time; R4 it comes back within 10 s, without a burst', async () => {
    let [frozenAt, thawedAt] = [0, 0];
    const ended = await underLoad(async (load) => {
      frozenAt = load.nowMs();
      await providers.freeze('things-2');
      await rest(12_000);
      providers.signal('things-2', 'SIGCONT');
      thawedAt = load.nowMs();
      await rest(10_000);
    });
    expectHarmless(ended, frozenAt, thawedAt);
    expectFairReturn(ended, 'things-2', thawedAt);
  });

  it('R5 an event loop that is blocked for 5 s does no more harm than that; its process says so in its metrics and is not ready', async () => {
    const blocked = providers.get('things-4');
    const statuses = follow(blocked.id);
    const before = await delaysOf(blocked);
    let [frozenAt, thawedAt] = [0, 0];
    let [first, afterwards] = [0, 0];
    const ended = await underLoad(async (load) => {
      frozenAt = load.nowMs();
      const block = fetch(`http://127.0.0.1:${blocked.port}/block/5000`, { method: 'POST' });
      await rest(1_000);
      first = await readinessOf(blocked);
      await block;
      thawedAt = load.nowMs();
      await rest(8_000);
      afterwards = await readinessOf(blocked);
    });
    expect(thawedAt - frozenAt).toBeGreaterThan(4_900);
    expectHarmless(ended, frozenAt, thawedAt);
    expect(failedOf(ended), `5 s are within every limit: ${told(ended)}`).toEqual([]);
    expectFairReturn(ended, 'things-4', thawedAt);
    expect([first, afterwards], 'as soon as it answers at all, and in the end').toEqual([503, 200]);
    const recorded = await statuses.end();
    expect([recorded[0], recorded.at(-1), recorded.includes('not-ready')], `its record: ${recorded}`).toEqual(['up', 'up', true]);
    const after = await delaysOf(blocked);
    expect(after.longestS).toBeGreaterThan(4);
    expect(after.overASecond).toBeGreaterThan(before.overASecond);
  });
});

async function readinessOf({ port }: Provider): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/readyz`);
  await reply.body?.cancel();
  return reply.status;
}

/** What the process says about its event loop to Prometheus: the longest delay in s, and how many were above a second. */
async function delaysOf({ metricsUrl = '' }: Provider): Promise<{ longestS: number; overASecond: number }> {
  const text = await (await fetch(metricsUrl)).text();
  const read = (what: RegExp) => Number(text.match(what)?.[1]);
  return { longestS: read(LONGEST_DELAY), overASecond: read(DELAYS) - read(DELAYS_UP_TO_1_S) };
}
