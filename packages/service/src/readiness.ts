import type { Clock, Logger } from '@weft/core';
import { HealthChecks, type HealthReport } from './health-checks.js';
import { LoopWatch } from './loop-watch.js';
import type { ServiceMonitor } from './service-monitor.js';
import type { ServiceSettings } from './service-settings.js';

/** What readiness is made with. */
export interface ReadinessOptions {
  readonly settings: ServiceSettings['health'];
  readonly clock: Clock;
  readonly monitor: ServiceMonitor;
  readonly log: Logger;
  /** Told once per change, with what changed it. */
  readonly onChange: (isReady: boolean, why: string) => void;
}

/** Whether a service can serve in time: no health check fails, and the event loop turns. */
export class Readiness {
  /** The health checks. */
  readonly health: HealthChecks;
  readonly #options: ReadinessOptions;
  readonly #loop: LoopWatch;
  #isHealthy = true;
  #wasReady = true;

  constructor(options: ReadinessOptions) {
    const { clock, monitor, log, settings } = options;
    this.#options = options;
    this.health = new HealthChecks({ clock, ...settings, onReport: (report) => this.#onReport(report) });
    this.#loop = new LoopWatch({ clock, monitor, log, onChange: (delayMs) => this.#onLoop(delayMs) });
  }

  /** Whether it can. */
  get isReady(): boolean {
    return this.#isHealthy && this.#loop.lateMs === undefined;
  }

  /** All checks, and the event loop as one more while it keeps the service from being ready. */
  async report(): Promise<HealthReport> {
    const report = await this.health.check();
    const { lateMs } = this.#loop;
    if (lateMs === undefined) return report;
    const eventLoop = { status: 'failed', error: blocked(lateMs) } as const;
    return { ...report, status: 'unhealthy', checks: { ...report.checks, eventLoop } };
  }

  /** Watches from now on; resolves when the checks have run once. */
  watch(): Promise<void> {
    this.#loop.start();
    return this.health.watch();
  }

  /** Ends `watch`. */
  close(): void {
    this.#loop.stop();
    this.health.close();
  }

  #onReport({ status }: HealthReport): void {
    this.#isHealthy = status === 'healthy';
    this.#tell(`Health checks: ${status}`);
  }

  #onLoop(delayMs: number | undefined): void {
    this.#tell(delayMs === undefined ? 'The event loop is on time again' : `The event loop was ${blocked(delayMs)}`);
  }

  #tell(why: string): void {
    const { isReady } = this;
    if (isReady === this.#wasReady) return;
    this.#wasReady = isReady;
    this.#options.onChange(isReady, why);
  }
}

function blocked(delayMs: number): string {
  return `blocked for ${Math.round(delayMs)} ms`;
}
