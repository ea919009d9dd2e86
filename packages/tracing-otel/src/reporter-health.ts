import type { Logger } from '@weft/core';
import type { SpanCounts } from './tracing-stats.js';

/** Tells the log about the way to a collector: once when it breaks, and once when it is whole again. */
export class ReporterHealth {
  readonly #target: string;
  readonly #logger: Logger;
  #isFailing = false;

  constructor(target: string, logger: Logger) {
    this.#target = target;
    this.#logger = logger;
  }

  /** A report was not taken. */
  failed(error: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#logger.warn('Spans are not taken by their collector; calls go on', { collector: this.#target, error });
  }

  /** A report was taken. */
  succeeded({ dropped, failed }: SpanCounts): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#logger.info('Spans are taken again', { collector: this.#target, dropped, failed });
  }

  /** Spans come faster than they are taken, while the way is whole. */
  full(maxSpans: number): void {
    if (this.#isFailing) return;
    this.#logger.warn('Spans come faster than their collector takes them: some are dropped', {
      collector: this.#target,
      maxSpans,
    });
  }
}
