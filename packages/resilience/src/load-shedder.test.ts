import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import type { Priority } from './admission.js';
import { LoadShedder, type LoadShedderOptions, type OverloadReason } from './index.js';
import { exponential, quantileOf, SimulatedClock } from './simulated-load.fixture.js';

const COST_MS = 2;
const REFUSAL_MS = 0.03;

/** One thread: a turn works off what has arrived up to now, one after another; timers run between the turns. */
class SimulatedThread {
  readonly clock = new SimulatedClock();
  readonly changes: (OverloadReason | undefined)[] = [];
  readonly shedder: LoadShedder;
  readonly #random;
  #nextAt = this.clock.now();
  latencies: number[] = [];
  answered: Record<Priority, number> = { critical: 0, normal: 0, low: 0 };
  refused: Record<Priority, number> = { critical: 0, normal: 0, low: 0 };

  constructor(seed: number, options: LoadShedderOptions = {}) {
    this.#random = seededRandom(seed);
    const onOverload = (reason: OverloadReason | undefined) => void this.changes.push(reason);
    this.shedder = new LoadShedder({ clock: this.clock, readHeapRatio: () => 0.5, onOverload, ...options });
  }

  /** Load 1 is all that the thread can do. */
  run(forMs: number, load: number, priority: () => Priority = () => 'normal', isProtected = true): void {
    const { clock } = this;
    const untilAt = clock.now() + forMs;
    this.latencies = [];
    while (clock.now() < untilAt) {
      const turnAt = clock.now();
      clock.runUntil(turnAt);
      if (this.#nextAt > turnAt) clock.runUntil(Math.min(this.#nextAt, turnAt + 1));
      for (; this.#nextAt <= turnAt; this.#nextAt += exponential(COST_MS / load, this.#random)) {
        this.#work(this.#nextAt, priority(), isProtected);
      }
    }
  }

  #work(arrivedAt: number, priority: Priority, isProtected: boolean): void {
    const isAdmitted = !isProtected || this.shedder.admits(priority, this.clock.now());
    this.clock.spend(isAdmitted ? COST_MS : REFUSAL_MS);
    const counts = isAdmitted ? this.answered : this.refused;
    counts[priority]++;
    if (isAdmitted) this.latencies.push(this.clock.now() - arrivedAt);
  }

  /** Share of what the thread can do that was answered within a second. */
  goodput(forMs: number): number {
    return (this.latencies.filter((ms) => ms <= 1_000).length * COST_MS) / forMs;
  }
}

const SEEDS = [1, 2, 3];

describe('LoadShedder', () => {
  it.each([
    [3, 0.9],
    [5, 0.8],
  ])('at %d times what the thread can do answers %d of the peak, p99 within three delays (R57)', (load, least) => {
    for (const seed of SEEDS) {
      const thread = new SimulatedThread(seed);
      thread.run(5_000, load);
      thread.run(20_000, load);
      expect(thread.goodput(20_000), `seed ${seed}`).toBeGreaterThanOrEqual(least);
      expect(quantileOf(thread.latencies, 0.99), `seed ${seed}`).toBeLessThanOrEqual(3 * 30);
    }
  });

  it('without it the same load leaves nothing that anybody still waits for', () => {
    const thread = new SimulatedThread(1);
    thread.run(5_000, 3, () => 'normal', false);
    thread.run(20_000, 3, () => 'normal', false);
    expect(thread.goodput(20_000)).toBe(0);
  });

  it('refuses nobody at 0.7 of what the thread can do', () => {
    for (const seed of SEEDS) {
      const thread = new SimulatedThread(seed);
      thread.run(20_000, 0.7);
      expect(thread.refused.normal, `seed ${seed}`).toBe(0);
      expect(thread.changes, `seed ${seed}`).toEqual([]);
    }
  });

  it('refuses nobody for one long pause', () => {
    for (const seed of SEEDS) {
      const thread = new SimulatedThread(seed);
      for (let time = 0; time < 10; time++) {
        thread.run(1_000, 0.3);
        thread.clock.spend(200);
      }
      expect(thread.refused.normal, `seed ${seed}`).toBe(0);
    }
  });

  it('never refuses what is critical, and refuses the low ones first', () => {
    for (const seed of SEEDS) {
      const [thread, random] = [new SimulatedThread(seed), seededRandom(seed + 100)];
      const priority = () => (random() < 0.01 ? 'critical' : random() < 0.6 ? 'low' : 'normal');
      thread.run(2_000, 2, priority);
      thread.answered = { critical: 0, normal: 0, low: 0 };
      thread.refused = { critical: 0, normal: 0, low: 0 };
      thread.run(20_000, 2, priority);
      const { answered, refused } = thread;
      expect(refused.critical, `seed ${seed}`).toBe(0);
      expect(answered.critical, `seed ${seed}`).toBeGreaterThan(50);
      expect(refused.normal / (answered.normal + refused.normal), `seed ${seed}: normal`).toBeLessThan(0.1);
      expect(refused.low / (answered.low + refused.low), `seed ${seed}: low`).toBeGreaterThan(0.6);
    }
  });

  it('tells that it sheds and that it is over, once each, and lets all in again within 5 s', () => {
    for (const seed of SEEDS) {
      const thread = new SimulatedThread(seed);
      thread.run(5_000, 0.5);
      thread.run(10_000, 3);
      thread.run(5_000, 0.5);
      expect(thread.changes, `seed ${seed}`).toEqual(['delay', undefined]);
      expect(thread.shedder.admittedRatio, `seed ${seed}`).toBe(1);
    }
  });

  it('lets next to nobody in from 95 % of the heap on, and all again from 90 % (R19)', () => {
    let heap = 0.94;
    const thread = new SimulatedThread(1, { readHeapRatio: () => heap });
    const admittedAt = (ratio: number) => {
      heap = ratio;
      thread.run(500, 0.5);
      thread.answered = { critical: 0, normal: 0, low: 0 };
      thread.refused = { critical: 0, normal: 0, low: 0 };
      thread.run(2_000, 0.5);
      return thread.answered.normal / (thread.answered.normal + thread.refused.normal);
    };
    expect(admittedAt(0.94)).toBe(1);
    expect(admittedAt(0.96)).toBeCloseTo(0.05, 1);
    expect(thread.shedder.refusal()).toMatchObject({ code: 'WEFT_OVERLOADED', message: 'overloaded: the heap is nearly full' });
    expect(thread.shedder.retryAfterMs).toBe(1_000);
    expect(admittedAt(0.91)).toBeCloseTo(0.05, 1);
    expect(admittedAt(0.89)).toBe(1);
    expect(thread.changes).toEqual(['heap', undefined]);
  });

  it('lets in nobody but who is critical while the heap has no room left', () => {
    let heap = 1;
    const thread = new SimulatedThread(1, { readHeapRatio: () => heap });
    thread.run(100, 0.5);
    thread.answered = { critical: 0, normal: 0, low: 0 };
    thread.run(2_000, 0.5);
    expect(thread.answered.normal).toBe(0);
    thread.run(2_000, 0.5, () => 'critical');
    expect(thread.answered.critical).toBeGreaterThan(100);
    expect(thread.refused.critical).toBe(0);
    heap = 0.98;
    thread.run(2_000, 0.5);
    expect(thread.answered.normal).toBeGreaterThan(10);
  });

  it('lets no single turn of the loop fill the heap: near its limit each request looks at it', () => {
    const clock = new SimulatedClock();
    let heap = 0.5;
    const shedder = new LoadShedder({ clock, readHeapRatio: () => heap });
    let inOneTurn = 0;
    for (let request = 0; request < 1_000; request++) {
      if (!shedder.admits()) continue;
      inOneTurn++;
      heap += 0.01;
    }
    expect(heap).toBeGreaterThan(0.95);
    expect(heap).toBeLessThan(1.01);
    expect(inOneTurn).toBeLessThan(52);
    shedder.close();
  });

  it('asks for the heap each 20 ms and each 16 requests while it is far from full', () => {
    let readings = 0;
    const readHeapRatio = () => {
      readings++;
      return 0.5;
    };
    const thread = new SimulatedThread(1, { readHeapRatio });
    thread.run(2_000, 0.5);
    const { normal } = thread.answered;
    expect(normal).toBeGreaterThan(300);
    expect(readings).toBeGreaterThan(50);
    expect(readings).toBeLessThanOrEqual(102 + normal / 16);
  });

  it('measures only while requests come, and no more after close()', () => {
    const thread = new SimulatedThread(1);
    let timers = 0;
    const { clock } = thread;
    const setTimer = (ms: number, run: () => void) => {
      timers++;
      return clock.setTimer(ms, run);
    };
    const shedder = new LoadShedder({ clock: { now: () => clock.now(), setTimer }, readHeapRatio: () => 0 });
    clock.runUntil(clock.now() + 1_000);
    expect(timers).toBe(0);
    shedder.admits();
    clock.runUntil(clock.now() + 10_000);
    expect(timers).toBeGreaterThan(5);
    expect(timers).toBeLessThan(20);
    shedder.admits();
    shedder.close();
    shedder.close();
    const before = timers;
    expect(shedder.admits()).toBe(true);
    clock.runUntil(clock.now() + 10_000);
    expect(timers).toBe(before);
  });

  it('is not stopped by a listener that throws', () => {
    const onOverload = () => {
      throw new Error('listener');
    };
    const thread = new SimulatedThread(1, { onOverload });
    thread.run(5_000, 3);
    expect(thread.shedder.reason).toBe('delay');
  });

  it('refuses options that cannot be', () => {
    expect(() => new LoadShedder({ delay: 0, heapRatio: 95 })).toThrow(
      /shedding\.delay: 0: expected a duration above 0.*\nshedding\.heapRatio: 95: expected a number above 0, up to 1/,
    );
  });
});
