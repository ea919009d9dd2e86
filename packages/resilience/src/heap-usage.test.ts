import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { heapLimitBytes } from './heap-limit.js';
import { HeapUsage } from './heap-usage.js';

const MB = 1_048_576;

/** V8's own, as `--expose-gc` gives it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** A heap of which so many bytes are used one after another. V8 gives 100, of which it can hold 75. */
function simulated() {
  let usedBytes = 0;
  const heap = new HeapUsage({ limitBytes: 100, readUsedBytes: () => usedBytes });
  return {
    /** Tells the share after each. */
    grow(...to: number[]): number[] {
      return to.map((bytes) => {
        usedBytes = bytes;
        return Math.round(heap.ratio() * 1_000) / 1_000;
      });
    },
    collect(leftBytes: number): void {
      usedBytes = leftBytes;
      heap.collected();
    },
  };
}

describe('HeapUsage', () => {
  it('counts everything until a collection has shown what was garbage', () => {
    expect(simulated().grow(15, 60, 75, 90)).toEqual([0.2, 0.8, 1, 1.2]);
  });

  it('counts half of what came since a major collection that found garbage only', () => {
    const { grow, collect } = simulated();
    grow(75);
    collect(30);
    expect(grow(30, 60)).toEqual([0.4, 0.6]);
  });

  it('counts what came by the share that survived the last major collection', () => {
    const { grow, collect } = simulated();
    grow(15);
    collect(15);
    grow(55);
    collect(45);
    expect(grow(45, 65)).toEqual([0.6, 0.8]);
    collect(65);
    expect(grow(65, 75)).toEqual([0.867, 1]);
  });

  it('learns nothing from a collection before which hardly anything came', () => {
    const { grow, collect } = simulated();
    grow(60);
    collect(60);
    grow(63);
    collect(60);
    expect(grow(60, 75)).toEqual([0.8, 1]);
  });

  it('is what is used when that is less than a collection left', () => {
    const { grow, collect } = simulated();
    grow(75);
    collect(60);
    expect(grow(30)).toEqual([0.4]);
  });

  it('is full when all of what V8 gives is used, garbage or not', () => {
    const { grow, collect } = simulated();
    grow(75);
    collect(3);
    expect(grow(75, 99)).toEqual([0.75, 0.99]);
  });

  it('leaves 64 MB free of a large heap, not a quarter', () => {
    const heap = new HeapUsage({ limitBytes: 1_000 * MB, readUsedBytes: () => 468 * MB });
    expect(heap.ratio()).toBe(0.5);
  });

  it('hears of the major collections of this process', async () => {
    let readings = 0;
    const heap = new HeapUsage({ limitBytes: 1, readUsedBytes: () => readings++ });
    for (let collection = 1; collection <= 3; collection++) {
      collectGarbage();
      await expect.poll(() => readings, { message: 'read by nobody but the collections' }).toBe(collection);
    }
    expect(heap.ratio()).toBeGreaterThan(0);
  });

  it('reads a share of this process unless told otherwise', () => {
    const ratio = new HeapUsage().ratio();
    expect(ratio).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(1);
  });
});

describe('heapLimitBytes', () => {
  it('is the size of the old space that Node was started with, the last one told', () => {
    const limitMb = (flags: string) => heapLimitBytes({ limitBytes: 1_000 * MB, flags, workerYoungMb: undefined }) / MB;
    expect(limitMb('--max-old-space-size=64')).toBe(64);
    expect(limitMb('--inspect --max_old_space_size 128 --trace-gc')).toBe(128);
    expect(limitMb('--max-old-space-size=64 --max-old-space-size=4096')).toBe(4_096);
  });

  it('is the limit without the young generation: as it was told, else as V8 chooses it', () => {
    const limitMb = (flags: string, workerYoungMb?: number) =>
      heapLimitBytes({ limitBytes: 560 * MB, flags, workerYoungMb }) / MB;
    expect(limitMb('--max-semi-space-size=16')).toBe(512);
    expect(limitMb('--max-semi-space-size=12')).toBe(512);
    expect(limitMb('', 48)).toBe(512);
    expect(limitMb('')).toBe(0.95 * 560);
    expect(limitMb('--max-old-space-size=0 --max-semi-space-size=0')).toBe(0.95 * 560);
  });

  it('is below the limit of this process', () => {
    expect(heapLimitBytes()).toBeGreaterThan(16 * MB);
    expect(heapLimitBytes()).toBeLessThan(heapLimitBytes({ limitBytes: 64 * 1_024 * MB, flags: '' }));
  });
});
