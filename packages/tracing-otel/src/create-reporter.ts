import type { Logger } from '@weft/core';
import { collectorOf } from './collector.js';
import { consoleReporter } from './console-reporter.js';
import { HttpReporter } from './http-reporter.js';
import { MemoryReporter } from './memory-reporter.js';
import type { ReporterOptions } from './options.js';
import { otlpFormat } from './otlp-format.js';
import type { Reporter } from './reporter.js';
import { zipkinFormat } from './zipkin-format.js';

/** A reporter, and what is known of it. */
export interface CreatedReporter {
  /** Takes the spans. */
  readonly reporter: Reporter;
  /** Where it sends spans, for the log. */
  readonly target: string;
  /** Itself, when it keeps them. */
  readonly memory?: MemoryReporter;
}

/** The reporter that options name. */
export function createReporter(options: ReporterOptions, logger: Logger): CreatedReporter {
  const { type = 'otlp' } = options;
  if (type === 'console') return { reporter: consoleReporter, target: 'standard output' };
  if (type === 'memory') {
    const memory = new MemoryReporter();
    return { reporter: memory, target: 'memory', memory };
  }
  const collector = collectorOf(type, options, logger);
  return {
    reporter: new HttpReporter(collector, type === 'zipkin' ? zipkinFormat : otlpFormat),
    target: collector.shownUrl,
  };
}
