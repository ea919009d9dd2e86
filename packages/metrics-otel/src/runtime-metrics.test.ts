import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { virtualClock } from '@weft/conformance';
import { memoryMetrics } from '@weft/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RuntimeMetrics } from './runtime-metrics.js';

function open() {
  const metrics = memoryMetrics();
  const clock = virtualClock();
  const runtime = new RuntimeMetrics(metrics, clock);
  onTestFinished(() => runtime.close());
  return { metrics, clock, runtime };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  gc();
}

describe('what the process says of itself', () => {
  it('is the delay of its event loop, in seconds', async () => {
    const { metrics, runtime } = open();
    await pause(60);
    runtime.look();
    const { min, p50, p90, p99, max } = Object.fromEntries(
      ['min', 'p50', 'p90', 'p99', 'max'].map((name) => [name, metrics.read(`nodejs.eventloop.delay.${name}`)]),
    );
    const figures = [min, p50, p90, p99, max].map(Number);
    expect(figures).toEqual([...figures].sort((a, b) => a - b));
    expect(max).toBeGreaterThan(0);
    expect(max).toBeLessThan(30);
  });

  it('is its time, its CPU and its memory', () => {
    const { metrics, runtime } = open();
    runtime.look();
    const cpu = process.cpuUsage();
    expect(metrics.read('process.cpu.time', { 'cpu.mode': 'user' })).toBeCloseTo(cpu.user / 1e6, 0);
    expect(metrics.read('process.cpu.time', { 'cpu.mode': 'system' })).toBeCloseTo(cpu.system / 1e6, 0);
    expect(metrics.read('process.uptime')).toBeCloseTo(process.uptime(), 0);
    expect(metrics.read('process.memory.usage')).toBeGreaterThan(1e6);
    expect(metrics.read('nodejs.eventloop.time', { 'nodejs.eventloop.state': 'active' })).toBeGreaterThan(0);
    expect(metrics.read('v8js.memory.heap.used', { 'v8js.heap.space.name': 'old_space' })).toBeGreaterThan(1e5);
    expect(metrics.read('v8js.memory.heap.limit', { 'v8js.heap.space.name': 'old_space' })).toBeGreaterThan(1e5);
  });

  it('is no more when it is looked at often: sums are counted once', () => {
    const { metrics, runtime } = open();
    for (let n = 0; n < 10; n++) runtime.look();
    const { user } = process.cpuUsage();
    expect(metrics.read('process.cpu.time', { 'cpu.mode': 'user' })).toBeLessThanOrEqual(user / 1e6);
  });

  it('is each run of the garbage collector, until it is closed', async () => {
    const { metrics, clock, runtime } = open();
    const major = () => metrics.read('v8js.gc.duration', { 'v8js.gc.type': 'major' });
    collectGarbage();
    await expect.poll(major).toBeGreaterThanOrEqual(1);
    expect(metrics.observations('v8js.gc.duration', { 'v8js.gc.type': 'major' })[0]).toBeLessThan(10);
    runtime.close();
    const runs = major();
    collectGarbage();
    await pause(50);
    expect(major()).toBe(runs);
    expect(clock.pendingTimers()).toBe(0);
  });
});
