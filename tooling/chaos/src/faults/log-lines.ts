import { inspect } from 'node:util';
import type { LogFields, Logger } from '@weft/core';

/** Keeps what is logged, to count it and to look for what must not stand there. */
export class LogLines {
  /** One line per call: level, message, fields with everything that hangs on them. */
  readonly lines: string[] = [];
  /** Where to log. */
  readonly logger: Logger = this.child({});

  private child(fixed: LogFields): Logger {
    const write = (level: string) => (message: string, fields?: LogFields) => {
      this.lines.push(
        `${level} ${message} ${inspect({ ...fixed, ...fields }, { depth: 6, breakLength: Number.POSITIVE_INFINITY })}`,
      );
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => this.child({ ...fixed, ...fields }),
    };
  }
}
