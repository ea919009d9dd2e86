import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** What became of a report. */
export interface ReportResult {
  /** What went wrong; the report was taken when there is none. */
  readonly error?: string;
  /** Whether the same report may be taken later. */
  readonly isRetryable?: boolean;
  /** How long the collector wants to be left alone, in ms. */
  readonly retryAfterMs?: number;
}

/** Takes spans that have ended. */
export interface Reporter {
  /** Sends spans on, until `signal` fires. @throws anything: it may then be tried again */
  report(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<ReportResult>;
}
