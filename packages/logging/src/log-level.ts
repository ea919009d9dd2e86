import { nearestName, WeftError } from '@weft/core';

const SEVERITY = { debug: 20, info: 30, warn: 40, error: 50, silent: 100 };

/** From which lines on a logger writes; `silent` writes none. */
export type LogLevel = keyof typeof SEVERITY;

/**
 * `value` as a level.
 * @throws WEFT_INVALID_ARGUMENT when it is none
 */
export function parseLogLevel(value: string): LogLevel {
  if (isLogLevel(value)) return value;
  const known = Object.keys(SEVERITY);
  const nearest = nearestName(String(value), known);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  const message = `unknown log level ${JSON.stringify(value)}. Known: ${known.join(', ')}.${hint}`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'level', message }] });
}

/** How grave lines of a level are; a logger writes those that are at least as grave as its own level. */
export function severityOf(level: LogLevel): number {
  return SEVERITY[level];
}

function isLogLevel(value: string): value is LogLevel {
  return Object.hasOwn(SEVERITY, value);
}
