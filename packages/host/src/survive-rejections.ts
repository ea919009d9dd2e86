import { type Logger, messageOf } from '@weft/core';

/**
 * Keeps the process up when a promise that nobody looks at is rejected, with one log line: one request's slip must not
 * end the others (R18). Returns the way to take the handler back.
 */
export function surviveRejections(logger: Logger): () => void {
  const onRejection = (reason: unknown) => logger.error(`Panic: unhandled rejection: ${messageOf(reason)}`, { error: reason });
  process.on('unhandledRejection', onRejection);
  return () => process.off('unhandledRejection', onRejection);
}
