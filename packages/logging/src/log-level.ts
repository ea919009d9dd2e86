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
  const nearest = nearestName(value, known);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  const message = `unknown log level ${JSON.stringify(value)}. Known: ${known.join(', ')}.${hint}`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'level', message }] });
}

/** Whether a line of level `line` is written by a logger at level `least`. */
export function isWritten(line: LogLevel, least: LogLevel): boolean {
  return SEVERITY[line] >= SEVERITY[least];
}

function isLogLevel(value: string): value is LogLevel {
  return Object.hasOwn(SEVERITY, value);
}
