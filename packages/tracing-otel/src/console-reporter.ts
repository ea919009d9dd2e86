import { toFinishedSpan } from './finished-span.js';
import type { Reporter } from './reporter.js';

/** Writes each span as a line of JSON on standard output. */
export const consoleReporter: Reporter = {
  async report(spans) {
    process.stdout.write(spans.map((span) => `${JSON.stringify(toFinishedSpan(span))}\n`).join(''));
    return {};
  },
};
