import { type Logger, messageOf } from '@weft/core';

const MOST = 100;

/** Logs why observations of a metric are ignored: once per metric and reason, however many there are. */
export class RefusedObservations {
  readonly #logger: Logger;
  readonly #told = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Never throws, whatever `name` is. */
  tell(name: unknown, reason: string): void {
    const metric = messageOf(name).slice(0, 100);
    const key = `${metric} ${reason}`;
    if (this.#told.size >= MOST || this.#told.has(key)) return;
    this.#told.add(key);
    this.#logger.warn('observations of a metric are ignored', { metric, reason });
  }
}
