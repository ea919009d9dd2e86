import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { AdaptiveConcurrency } from './index.js';
import { exponential, openLoop, quantileOf, SimulatedClock, SimulatedGate } from './simulated-load.fixture.js';

const SERVICE_MS = 20;
/** How long a caller waits before it gives up; what comes later is of no use. */
const PATIENCE_MS = 1_000;

interface Scene {
  readonly seed: number;
  readonly capacity: number;
  /** Load relative to what the gate can do at first. */
  readonly load: number;
  readonly serviceMs?: (random: () => number) => number;
  readonly isProtected?: boolean;
}

/** A service that can work at `capacity` requests at a time, with callers who do not care. */
function scene({ seed, capacity, load, serviceMs = (random) => SERVICE_MS * (0.8 + 0.4 * random()), isProtected = true }: Scene) {
  const [clock, random] = [new SimulatedClock(), seededRandom(seed)];
  const gate = new SimulatedGate(clock, capacity, () => serviceMs(random));
  const limiter = new AdaptiveConcurrency({ clock, random });
  const perSecond = (load * capacity * 1_000) / SERVICE_MS;
  let latencies: number[] = [];
  openLoop(
    clock,
    () => perSecond,
    random,
    Number.POSITIVE_INFINITY,
    () => {
      if (isProtected && !limiter.tryEnter()) return;
      const startedAt = clock.now();
      gate.enter(() => {
        const durationMs = clock.now() - startedAt;
        if (isProtected) limiter.leave('ok', durationMs, clock.now());
        latencies.push(durationMs);
      });
    },
  );
  return {
    gate,
    limiter,
    /** Lets time pass; what was answered meanwhile, per second, and its latencies. */
    run(forMs: number) {
      latencies = [];
      clock.runUntil(clock.now() + forMs);
      const good = latencies.filter((ms) => ms <= PATIENCE_MS).length;
      return { goodput: (good * 1_000) / forMs, p50: quantileOf(latencies, 0.5), p99: quantileOf(latencies, 0.99) };
    },
  };
}

const SEEDS = [1, 2, 3];
const peakOf = (capacity: number) => (capacity * 1_000) / SERVICE_MS;

describe('AdaptiveConcurrency', () => {
  it.each([
    [3, 0.9],
    [5, 0.8],
  ])(
    'at %d times the capacity answers at least %d of the peak, p99 at most 3 times the unloaded latency (R57)',
    (load, least) => {
      for (const seed of SEEDS) {
        for (const capacity of [3, 20, 100]) {
          const { run } = scene({ seed, capacity, load });
          run(5_000);
          const { goodput, p99 } = run(20_000);
          const what = `seed ${seed}, capacity ${capacity}`;
          expect(goodput / peakOf(capacity), what).toBeGreaterThanOrEqual(least);
          expect(p99, what).toBeLessThanOrEqual(3 * SERVICE_MS);
        }
      }
    },
  );

  it('without it the same load leaves nothing that anybody still waits for', () => {
    const { run } = scene({ seed: 1, capacity: 20, load: 3, isProtected: false });
    run(5_000);
    expect(run(20_000).goodput).toBe(0);
  });

  it('refuses nobody while there is room, and does not grow without end', () => {
    for (const seed of SEEDS) {
      const { run, limiter } = scene({ seed, capacity: 100, load: 0.5 });
      run(5_000);
      const { goodput } = run(20_000);
      expect(goodput / peakOf(50), `seed ${seed}`).toBeGreaterThan(0.97);
      expect(limiter.limit, `seed ${seed}`).toBeLessThan(250);
    }
  });

  it('copes with requests that take very different times', () => {
    for (const seed of SEEDS) {
      const { run } = scene({ seed, capacity: 50, load: 3, serviceMs: (random) => exponential(SERVICE_MS, random) });
      run(5_000);
      expect(run(30_000).goodput / peakOf(50), `seed ${seed}`).toBeGreaterThan(0.85);
    }
  });

  it('follows a capacity that falls to a quarter and comes back', () => {
    for (const seed of SEEDS) {
      const { run, gate } = scene({ seed, capacity: 80, load: 3 });
      run(10_000);
      gate.capacity = 20;
      run(12_000);
      const poor = run(20_000);
      expect(poor.goodput / peakOf(20), `seed ${seed}: poor`).toBeGreaterThan(0.85);
      expect(poor.p99, `seed ${seed}: poor`).toBeLessThanOrEqual(4 * SERVICE_MS);
      gate.capacity = 80;
      run(5_000);
      expect(run(20_000).goodput / peakOf(80), `seed ${seed}: rich again`).toBeGreaterThan(0.9);
    }
  });

  it('does not collapse when every request has become three times slower, nor run away when it is quick again', () => {
    for (const seed of SEEDS) {
      let slowness = 1;
      const { run } = scene({
        seed,
        capacity: 40,
        load: 3,
        serviceMs: (random) => slowness * SERVICE_MS * (0.8 + 0.4 * random()),
      });
      run(10_000);
      slowness = 3;
      run(12_000);
      expect(run(20_000).goodput / (peakOf(40) / 3), `seed ${seed}: slow`).toBeGreaterThan(0.9);
      slowness = 1;
      run(5_000);
      const quick = run(20_000);
      expect(quick.goodput / peakOf(40), `seed ${seed}: quick again`).toBeGreaterThan(0.9);
      expect(quick.p99, `seed ${seed}: quick again`).toBeLessThanOrEqual(3 * SERVICE_MS);
    }
  });

  it('is not made bold by quick failures', () => {
    const clock = new SimulatedClock();
    const limiter = new AdaptiveConcurrency({ clock });
    for (let request = 0; request < 1_000; request++) {
      limiter.tryEnter();
      clock.runUntil(clock.now() + 1);
      limiter.leave('failed', 1);
      limiter.tryEnter();
      limiter.leave('ignored', 0);
    }
    expect([limiter.limit, limiter.unloadedMs, limiter.inFlight]).toEqual([20, undefined, 0]);
  });

  it('runs a task in a place of its own, and refuses with WEFT_OVERLOADED when there is none', async () => {
    const limiter = new AdaptiveConcurrency({ minLimit: 1, maxLimit: 1 });
    const running = limiter.run(async () => 'done');
    await expect(limiter.run(async () => 'refused')).rejects.toMatchObject({ code: 'WEFT_OVERLOADED' });
    expect(await running).toBe('done');
    await expect(limiter.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(limiter.inFlight).toBe(0);
  });

  it('refuses options that cannot be, all at once', () => {
    const bad = { minLimit: 10, maxLimit: 5, tolerance: 1, window: '0s' };
    expect(() => new AdaptiveConcurrency(bad)).toThrow(
      /minLimit: 10 is above maxLimit, 5\n.*tolerance: 1: expected a number above 1, up to 10\n.*window: 0/,
    );
    expect(() => new AdaptiveConcurrency({ initialLimit: 2 })).toThrow('initialLimit: 2: expected a number from 4 to 1000');
  });
});
