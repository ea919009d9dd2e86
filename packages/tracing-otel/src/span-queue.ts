import { AsyncResource } from 'node:async_hooks';
import { context, createContextKey } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, keepAwake, type Logger, type Metrics, messageOf, type Timer } from '@weft/core';
import type { Reporter, ReportResult } from './reporter.js';
import { ReporterHealth } from './reporter-health.js';
import type { SpanCounts } from './tracing-stats.js';

/** How spans wait. */
export interface SpanQueueSettings {
  /** How many wait or are on their way at most. */
  readonly maxSpans: number;
  /** How many go in one report. */
  readonly batch: number;
  /** How long a span waits for others at most. */
  readonly intervalMs: number;
  /** By when a report has to be answered. */
  readonly timeoutMs: number;
}

/** What a queue works with. */
export interface SpanQueueParts {
  /** Takes the spans. */
  readonly reporter: Reporter;
  /** Where they go, for the log. */
  readonly target: string;
  /** What intervals, pauses and time-outs run on. */
  readonly clock: Clock;
  /** Told when spans are not taken, and when they are again. */
  readonly logger: Logger;
  /** Counts spans that were reported and dropped. */
  readonly metrics: Metrics;
}

const FLUSH_MS = 2_000;
const MAX_TRIES = 5;
const MAX_PAUSE_MS = 30_000;
const DROPPED = { reason: 'queue full' };
const FAILED = { reason: 'not taken' };

/** What tells instrumentation of HTTP to leave our own reports alone, which would go on for ever. Source: OTel JS, `suppressTracing`. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * Holds spans that have ended until a reporter takes them: one report at a time, away from the call that ended the span. It
 * is bounded; when full it drops what comes, and counts it. A report that failed for the moment is tried again, ever less
 * often, while the others wait: a dead collector costs next to nothing. It says so once, and once when it is over.
 */
export class SpanQueue implements SpanProcessor {
  readonly #settings: SpanQueueSettings;
  readonly #parts: SpanQueueParts;
  readonly #health: ReporterHealth;
  /** Outside of whatever request ended the span: it must neither be kept for that long, nor lend its ids to our log lines. */
  readonly #sendLater = AsyncResource.bind(() => void this.#send());
  #waiting: ReadableSpan[] = [];
  #onTheWay = 0;
  #reported = 0;
  #dropped = 0;
  #failed = 0;
  #failures = 0;
  #tries = 0;
  #pauseMs = 0;
  #timer: Timer | undefined;
  #flight: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #isFull = false;
  #closing: Promise<void> | undefined;
  #isOver = false;

  constructor(settings: SpanQueueSettings, parts: SpanQueueParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#health = new ReporterHealth(parts.target, parts.logger);
  }

  /** What became of the spans so far. */
  get counts(): SpanCounts {
    const waiting = this.#waiting.length + this.#onTheWay;
    return { reported: this.#reported, waiting, dropped: this.#dropped, failed: this.#failed };
  }

  /** Nothing to do. */
  onStart(): void {}

  /** Takes a span in, or drops it. */
  onEnd(span: ReadableSpan): void {
    const { maxSpans, batch, intervalMs } = this.#settings;
    if (this.#closing || this.#waiting.length + this.#onTheWay >= maxSpans) {
      this.#drop();
      return;
    }
    this.#waiting.push(span);
    if (this.#flight) return;
    if (!this.#timer) this.#wakeIn(batch > 1 ? intervalMs : 0);
    else if (this.#waiting.length === batch && this.#failures === 0) this.#wakeIn(0);
  }

  /** Reports what waits. Resolves when that is done, when a report fails, or after 2 s; never rejects. */
  async forceFlush(): Promise<void> {
    const release = keepAwake();
    let enough: Timer | undefined;
    const time = new Promise<void>((resolve) => {
      enough = this.#parts.clock.setTimer(FLUSH_MS, resolve);
    });
    await Promise.race([this.#drain(), time]);
    enough?.cancel();
    release();
  }

  /** Lets nothing more in, reports what waits for up to 2 s, and leaves nothing behind. Idempotent; never rejects. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.forceFlush();
    this.#isOver = true;
    this.#abort?.abort(new Error('no answer before the stop'));
    await this.#flight;
    this.#timer?.cancel();
    this.#lose(this.#waiting.splice(0).length);
  }

  async #drain(): Promise<void> {
    await this.#flight;
    do await this.#send();
    while (this.#waiting.length > 0 && this.#failures === 0);
  }

  #drop(): void {
    this.#dropped++;
    if (!this.#isFull && !this.#closing) this.#health.full(this.#settings.maxSpans);
    this.#isFull = true;
    this.#parts.metrics.increment('tracing.spans.dropped', DROPPED);
  }

  #lose(count: number): void {
    if (count === 0) return;
    this.#failed += count;
    this.#parts.metrics.increment('tracing.spans.dropped', FAILED, count);
  }

  #wakeIn(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.setTimer(ms, this.#sendLater);
  }

  #send(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isOver || this.#waiting.length === 0) return Promise.resolve();
    this.#flight ??= this.#sendBatch()
      .catch(() => {}) // Metrics and logger may be anybody's; what they throw must not end the process.
      .finally(() => this.#land());
    return this.#flight;
  }

  async #sendBatch(): Promise<void> {
    const spans = this.#waiting.splice(0, this.#settings.batch);
    this.#onTheWay = spans.length;
    this.#settle(spans, await this.#report(spans));
  }

  #land(): void {
    const { batch, intervalMs } = this.#settings;
    this.#onTheWay = 0;
    this.#flight = undefined;
    if (this.#isOver || this.#waiting.length === 0) return;
    const waitMs = this.#waiting.length >= batch ? 0 : intervalMs;
    this.#wakeIn(this.#failures > 0 ? this.#pauseMs : waitMs);
  }

  async #report(spans: readonly ReadableSpan[]): Promise<ReportResult> {
    const { reporter, clock } = this.#parts;
    const { timeoutMs } = this.#settings;
    const abort = new AbortController();
    this.#abort = abort;
    const timer = clock.setTimer(timeoutMs, () => abort.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const within = context.active().setValue(SUPPRESSED, true);
      return await Promise.race([context.with(within, () => reporter.report(spans, abort.signal)), whenAborted(abort.signal)]);
    } catch (error) {
      return { error: messageOf(error), isRetryable: true };
    } finally {
      timer.cancel();
    }
  }

  #settle(spans: readonly ReadableSpan[], { error, isRetryable = false, retryAfterMs = 0 }: ReportResult): void {
    this.#onTheWay = 0;
    if (error === undefined) {
      this.#succeed(spans.length);
      return;
    }
    this.#failures++;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(retryAfterMs, this.#settings.intervalMs * 2 ** this.#failures));
    if (isRetryable && ++this.#tries < MAX_TRIES) {
      this.#waiting = [...spans, ...this.#waiting];
    } else {
      this.#tries = 0;
      this.#lose(spans.length);
    }
    this.#health.failed(error);
  }

  #succeed(count: number): void {
    this.#reported += count;
    this.#parts.metrics.increment('tracing.spans.reported', undefined, count);
    this.#failures = 0;
    this.#tries = 0;
    this.#isFull = false;
    this.#health.succeeded(this.counts);
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
