/** Facts beside a log line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What every package logs to. */
export interface Logger {
  /** For whoever looks for a fault. */
  debug(message: string, fields?: LogFields): void;
  /** What happened as it should. */
  info(message: string, fields?: LogFields): void;
  /** What was mended, and somebody should know. */
  warn(message: string, fields?: LogFields): void;
  /** What failed. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

const silent = () => {};

/** Says nothing: the default of every package. */
export const noopLogger: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => noopLogger };
