import { type Logger, memoryMetrics, noopLogger, noopMetrics } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { blockableClock } from '../test/blockable-clock.js';
import { LoopWatch } from './loop-watch.js';
import { ServiceMonitor } from './service-monitor.js';

function open(metrics = memoryMetrics(), log: Logger = noopLogger) {
  const clock = blockableClock();
  const changes: (number | undefined)[] = [];
  const watch = new LoopWatch({ clock, monitor: new ServiceMonitor(metrics), log, onChange: (delayMs) => changes.push(delayMs) });
  watch.start();
  return { clock, changes, watch, metrics };
}

describe('LoopWatch', () => {
  it('measures how late the loop is ten times a second, in seconds', async () => {
    const { clock, metrics } = open();
    await clock.advance(100);
    clock.block(400);
    await clock.advance(100);
    expect(metrics.observations('service.event_loop_delay')).toEqual([0, 0.4]);
  });

  it('tells once that the loop was blocked for more than a second, and once that it has been on time for one', async () => {
    const { clock, changes, watch } = open();
    clock.block(1_000);
    await clock.advance(100);
    expect(changes).toEqual([]);
    clock.block(1_500);
    await clock.advance(100);
    expect([changes, watch.lateMs]).toEqual([[1_500], 1_500]);
    await clock.advance(500);
    clock.block(3_000);
    await clock.advance(1_000);
    expect([changes, watch.lateMs]).toEqual([[1_500], 3_000]);
    await clock.advance(200);
    expect([changes, watch.lateMs]).toEqual([[1_500, undefined], undefined]);
  });

  it('says to who asks before any timer could run how long the loop was blocked, and tells of it once', async () => {
    const { clock, changes, watch } = open();
    clock.block(3_000);
    expect([changes, watch.lateMs]).toEqual([[], 2_900]);
    await clock.advance(100);
    expect([changes, watch.lateMs]).toEqual([[3_000], 3_000]);
  });

  it('measures nothing once it is stopped, and has forgotten what was', async () => {
    const { clock, watch } = open();
    clock.block(2_000);
    await clock.advance(100);
    watch.stop();
    watch.stop();
    expect([watch.lateMs, clock.pendingTimers()]).toEqual([undefined, 0]);
  });

  it('goes on when what it tells fails', async () => {
    const lines: string[] = [];
    const throwing = () => {
      throw new Error('no such label');
    };
    const broken = { ...memoryMetrics(), ...noopMetrics, histogram: throwing };
    const { clock, watch } = open(broken, { ...noopLogger, error: (message) => lines.push(message) });
    clock.block(2_000);
    await clock.advance(100);
    expect([lines, watch.lateMs]).toEqual([['Panic: no such label'], 2_000]);
  });
});
