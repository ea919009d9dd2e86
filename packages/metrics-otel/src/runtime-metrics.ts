import { constants, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Clock, Labels, Metrics } from '@weft/core';
import { EventLoopDelay } from './event-loop-delay.js';

const GC_TYPES: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/**
 * Measures the process itself: delay and load of the event loop, garbage collection, CPU, memory. Names and labels are
 * those of OpenTelemetry's semantic conventions. What Node adds up by itself is only looked at when somebody reads.
 */
export class RuntimeMetrics {
  readonly #metrics: Metrics;
  readonly #delay: EventLoopDelay;
  readonly #collections: PerformanceObserver;
  /** The last readings of sums that Node keeps, by metric and label. */
  readonly #readings = new Map<string, number>();

  constructor(metrics: Metrics, clock: Clock) {
    this.#metrics = metrics;
    this.#delay = new EventLoopDelay(clock);
    this.#collections = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#recordCollection(entry);
    });
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  /** Brings up to date what is about to be read. */
  look(): void {
    for (const [name, seconds] of Object.entries(this.#delay.read() ?? {})) {
      this.#metrics.gauge(`nodejs.eventloop.delay.${name}`, seconds);
    }
    const { active, idle } = performance.eventLoopUtilization();
    this.#sum('nodejs.eventloop.time', active / 1e3, { 'nodejs.eventloop.state': 'active' });
    this.#sum('nodejs.eventloop.time', idle / 1e3, { 'nodejs.eventloop.state': 'idle' });
    const { user, system } = process.cpuUsage();
    this.#sum('process.cpu.time', user / 1e6, { 'cpu.mode': 'user' });
    this.#sum('process.cpu.time', system / 1e6, { 'cpu.mode': 'system' });
    this.#metrics.gauge('process.memory.usage', process.memoryUsage.rss());
    this.#metrics.gauge('process.uptime', process.uptime());
    this.#lookAtHeap();
  }

  /** Stops measuring. */
  close(): void {
    this.#collections.disconnect();
    this.#delay.close();
  }

  #lookAtHeap(): void {
    for (const { space_name, space_used_size, space_size } of getHeapSpaceStatistics()) {
      const labels = { 'v8js.heap.space.name': space_name };
      this.#metrics.gauge('v8js.memory.heap.used', space_used_size, labels);
      this.#metrics.gauge('v8js.memory.heap.limit', space_size, labels);
    }
  }

  #recordCollection({ duration, detail }: PerformanceEntry & { readonly detail?: { readonly kind?: number } }): void {
    const type = GC_TYPES[detail?.kind ?? 0];
    if (type) this.#metrics.histogram('v8js.gc.duration', duration / 1e3, { 'v8js.gc.type': type });
  }

  #sum(name: string, total: number, labels: Labels): void {
    const key = name + Object.values(labels);
    this.#metrics.increment(name, labels, Math.max(0, total - (this.#readings.get(key) ?? 0)));
    this.#readings.set(key, total);
  }
}
