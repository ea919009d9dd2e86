import { virtualClock } from '@weft/conformance';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cpuCheck } from './cpu-check.js';

describe('cpuCheck', () => {
  it('passes at first, and fails when a window was used up', async () => {
    const { check, run } = scene({ maxRatio: 0.9 });
    await check();
    await run(10_000, 9_500);
    await expect(check()).rejects.toMatchObject({
      code: 'WEFT_OVERLOADED',
      message: 'cpu: 95 % of a core in use, more than 90 %',
    });
  });

  it('says so until the next window is over', async () => {
    const { check, run } = scene({ maxRatio: 0.9, window: '10s' });
    await check();
    await run(10_000, 10_000);
    await expect(check()).rejects.toThrow(/100 % of a core/);
    await run(9_000, 0);
    await expect(check()).rejects.toThrow(/100 % of a core/);
    await run(1_000, 0);
    await check();
  });

  it('does not mind a short burst', async () => {
    const { check, run } = scene({ maxRatio: 0.9 });
    await check();
    await run(1_000, 1_000);
    await check();
    await run(9_000, 0);
    await check();
  });

  it('measures over more than one core where work is done in several threads', async () => {
    const { check, run } = scene({ maxRatio: 2.5 });
    await check();
    await run(10_000, 25_000);
    await check();
    await run(10_000, 26_000);
    await expect(check()).rejects.toThrow('cpu: 260 % of a core in use, more than 250 %');
  });

  it('measures this very process', async () => {
    const check = cpuCheck({ maxRatio: 0.001, window: 1 });
    await check();
    const startedAt = process.cpuUsage();
    while (process.cpuUsage(startedAt).user < 20_000);
    await expect(check()).rejects.toThrow(/^cpu: \d+ % of a core in use/);
  });

  it('refuses options that cannot be', () => {
    expect(() => cpuCheck({ maxRatio: 0 })).toThrow(/maxRatio: 0: expected a number above 0/);
    expect(() => cpuCheck({ window: 0 })).toThrow(/window: 0: expected a duration above 0/);
  });
});

function scene(options: Parameters<typeof cpuCheck>[0]) {
  const clock = virtualClock();
  let user = 0;
  const usage = vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user, system: 0 }));
  onTestFinished(() => usage.mockRestore());
  const run = async (ms: number, usedMs: number) => {
    await clock.advance(ms);
    user += usedMs * 1_000;
  };
  return { check: cpuCheck({ ...options, clock }), run };
}
