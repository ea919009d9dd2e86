import { seededRandom, virtualClock } from '@weft/conformance';
import { type Clock, memoryMetrics } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { openScene } from '../test/memory-scene.js';
import type { ServiceOptions } from './service-options.js';

const CAPACITY = 20;
const WORK_MS = 20;
const PEAK_PER_SECOND = (CAPACITY * 1_000) / WORK_MS;
/** How long a caller waits before it gives up; what comes later is of no use. */
const PATIENCE_MS = 1_000;
const WARM_MS = 3_000;
const MEASURED_MS = 5_000;

/** Lets so many through at a time, first come first served: what a pool of connections to a database is like. */
class Gate {
  readonly #clock: Clock;
  readonly #workMs: () => number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(clock: Clock, workMs: () => number) {
    this.#clock = clock;
    this.#workMs = workMs;
  }

  async pass(): Promise<void> {
    if (this.#busy === CAPACITY) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy++;
    await new Promise<void>((resolve) => this.#clock.setTimer(this.#workMs(), resolve));
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy--;
  }
}

/** A service whose handlers pass a gate, under callers who do not care how it does. */
async function run(seed: number, load: number, options: Partial<ServiceOptions>) {
  const [random, clock, metrics] = [seededRandom(seed), virtualClock(), memoryMetrics()];
  const gate = new Gate(clock, () => WORK_MS * (0.8 + 0.4 * random()));
  const build = (service: { addHandler(path: string, handler: () => unknown): unknown }) =>
    void service.addHandler('GET /', async () => {
      await gate.pass();
      return 'done';
    });
  const { ask, close } = await openScene(build, { ...options, metrics, random }, clock);
  const untilAt = clock.now() + WARM_MS + MEASURED_MS;
  const answered: { status: number; ms: number; at: number; retryAfter: unknown }[] = [];
  const arrive = () => {
    if (clock.now() >= untilAt) return;
    const at = clock.now();
    const note = (told: { status: number; headers: { 'retry-after'?: unknown } }) => {
      answered.push({ status: told.status, ms: clock.now() - at, at: clock.now(), retryAfter: told.headers['retry-after'] });
    };
    // Who is cut when the service closes has not been answered.
    ask('GET', '/').then(note, () => {});
    clock.setTimer((-Math.log(1 - random()) * 1_000) / (load * PEAK_PER_SECOND), arrive);
  };
  arrive();
  await clock.advance(WARM_MS + MEASURED_MS);
  await close();
  const measured = answered.filter(({ at }) => at > untilAt - MEASURED_MS);
  const accepted = measured.filter(({ status }) => status === 200).map(({ ms }) => ms);
  const refused = measured.filter(({ status }) => status !== 200);
  const good = accepted.filter((ms) => ms <= PATIENCE_MS).length;
  return { goodput: (good * 1_000) / MEASURED_MS / PEAK_PER_SECOND, p99: p99(accepted), refused, metrics };
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

describe('R57 A service whose handlers wait at a gate', () => {
  it.each([
    [3, 0.9, 1],
    [3, 0.9, 2],
    [5, 0.8, 1],
    [5, 0.8, 2],
  ])('at %d times what it can do answers %d of its peak with `concurrency`, quickly (seed %d)', async (load, least, seed) => {
    const { goodput, p99, refused, metrics } = await run(seed, load, { concurrency: true });
    const what = `seed ${seed}, load ${load}`;
    expect(goodput, what).toBeGreaterThanOrEqual(least);
    expect(p99, what).toBeLessThanOrEqual(3 * WORK_MS);
    expect(refused.length, what).toBeGreaterThan(0);
    expect(Math.max(...refused.map(({ ms }) => ms)), what).toBeLessThan(20);
    const [one] = refused;
    expect([one?.status, one?.retryAfter], what).toEqual([503, '1']);
    expect(metrics.read('service.shed', { reason: 'concurrency' }), what).toBeGreaterThanOrEqual(refused.length);
  });

  it.each([3, 5])('at %d times what it can do answers nobody in time without it (seed 1)', async (load) => {
    const { goodput, refused } = await run(1, load, {});
    expect([goodput, refused.length], 'seed 1').toEqual([0, 0]);
  });

  it('refuses nobody at half of what it can do (seed 1)', async () => {
    const { refused, goodput } = await run(1, 0.5, { concurrency: true });
    expect(refused, 'seed 1').toEqual([]);
    expect(goodput, 'seed 1').toBeGreaterThan(0.45);
  });
});
