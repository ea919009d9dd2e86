import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type FinishedSpan, toFinishedSpan } from './finished-span.js';
import type { Reporter, ReportResult } from './reporter.js';

const MAX_SPANS = 10_000;

/** Keeps the last 10,000 spans in the process. */
export class MemoryReporter implements Reporter {
  readonly #spans: FinishedSpan[] = [];

  /** Oldest first. */
  get spans(): readonly FinishedSpan[] {
    return [...this.#spans];
  }

  /** Never fails. */
  async report(spans: readonly ReadableSpan[]): Promise<ReportResult> {
    for (const span of spans) this.#spans.push(toFinishedSpan(span));
    this.#spans.splice(0, Math.max(0, this.#spans.length - MAX_SPANS));
    return {};
  }
}
