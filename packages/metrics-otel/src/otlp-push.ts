import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { type Clock, type Logger, messageOf, type Timer, WeftError } from '@weft/core';
import type { MetricExporter } from './otlp-exporter.js';

/** How long anybody waits for a collector. */
export const OTLP_TIMEOUT_MS = 2_000;

/** What an `OtlpPush` is made with. */
export interface OtlpPushOptions {
  /** Where the collector is, for the log: without secrets. */
  readonly address: string;
  /** How often, in ms. */
  readonly intervalMs: number;
  /** Runs the interval. */
  readonly clock: Clock;
  /** Told when the collector gets lost, and when it is back. */
  readonly logger: Logger;
}

/**
 * Sends all metrics at an interval, one push at a time. Nobody waits for it, and what could not be sent is not kept: sums
 * only grow, so the next push says it all.
 */
export class OtlpPush {
  readonly #exporter: MetricExporter;
  readonly #read: () => ResourceMetrics;
  readonly #options: OtlpPushOptions;
  #timer: Timer | undefined;
  #current: Promise<void> | undefined;
  /** The push that begins when the current one is over: all who ask for one meanwhile share it. */
  #next: Promise<void> | undefined;
  #isLost = false;
  #isClosed = false;
  #isCut = false;

  constructor(exporter: MetricExporter, read: () => ResourceMetrics, options: OtlpPushOptions) {
    this.#exporter = exporter;
    this.#read = read;
    this.#options = options;
    this.#pushLater();
  }

  /** Sends what is known by now. Takes at most 2 s and never rejects. */
  async flush(): Promise<void> {
    this.#next ??= this.#pushNext();
    await within(OTLP_TIMEOUT_MS, this.#options.clock, this.#next).catch(() => {});
  }

  /** Sends a last time, and then no more. Takes at most 2 s and never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.flush();
    this.#isCut = true;
    this.#exporter.cut();
  }

  #pushLater(): void {
    const { clock, intervalMs } = this.#options;
    this.#timer = clock.setTimer(intervalMs, () => {
      this.flush();
      this.#pushLater();
    });
  }

  async #pushNext(): Promise<void> {
    await this.#current;
    this.#next = undefined;
    this.#current = this.#push();
    await this.#current;
  }

  async #push(): Promise<void> {
    if (this.#isCut) return;
    try {
      await within(OTLP_TIMEOUT_MS, this.#options.clock, this.#exporter.send(this.#read()));
      this.#tell();
    } catch (error) {
      this.#tell(messageOf(error));
      this.#exporter.cut();
    }
  }

  /** Logs how pushing goes when that changes, and not for each push. */
  #tell(error?: string): void {
    const { address, logger } = this.#options;
    const isLost = error !== undefined;
    if (isLost === this.#isLost || this.#isCut) return;
    this.#isLost = isLost;
    if (isLost) logger.warn('metrics cannot be sent; trying on', { address, error });
    else logger.info('metrics are sent again', { address });
  }
}

/** What `work` resolves to, unless it takes longer than `ms`. */
async function within<Value>(ms: number, clock: Clock, work: Promise<Value>): Promise<Value> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(ms, () => reject(new WeftError('WEFT_DEADLINE_EXCEEDED', `no answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}
