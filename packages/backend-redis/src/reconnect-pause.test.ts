import { describe, expect, it } from 'vitest';
import { reconnectPauseMs } from './reconnect-pause.js';

describe('reconnectPauseMs', () => {
  const longest = (failures: number, isRefused: boolean) => reconnectPauseMs(failures, isRefused, () => 1);

  it('is at first spread over a second, whatever happened', () => {
    expect([longest(0, false), longest(0, true), reconnectPauseMs(0, false, () => 0.25)]).toEqual([1_000, 1_000, 250]);
  });

  it('is at most 2 s while the server cannot be reached, and 10 s while it refuses', () => {
    expect([1, 2, 50].map((failures) => longest(failures, false))).toEqual([2_000, 2_000, 2_000]);
    expect([1, 2, 50].map((failures) => longest(failures, true))).toEqual([2_000, 4_000, 10_000]);
  });

  it('is anything up to that while the server cannot be reached, and at least half of it while it refuses', () => {
    expect([0, 1, 50].map((failures) => reconnectPauseMs(failures, false, () => 0))).toEqual([0, 0, 0]);
    expect([0, 1, 50].map((failures) => reconnectPauseMs(failures, true, () => 0))).toEqual([0, 1_000, 5_000]);
  });
});
