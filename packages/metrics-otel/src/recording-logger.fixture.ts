import { type LogFields, type Logger, noopLogger } from '@weft/core';

/** A logger that keeps its lines as `level message {fields}`. */
export function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  return { logger: { ...noopLogger, info: at('info'), warn: at('warn'), error: at('error') }, lines };
}
