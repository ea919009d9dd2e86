import { type Logger, messageOf } from '@weft/core';

/** What the end of a process by an exception is made with. */
export interface EndOnExceptionsOptions {
  /** Told the exception, once, with its stack. */
  readonly logger: Logger;
  /** Run before the process exits; takes a bounded time. */
  readonly leave: () => Promise<void>;
}

/**
 * Ends the process when an exception is thrown that nobody catches: what it was at is in no known state, so it must not go on
 * (Node.js, "Warning: Using 'uncaughtException' correctly"). It is logged, `leave` runs, and the process exits 1; a second one
 * exits at once. Does nothing where the process minds such exceptions itself. Returns the way to take the handler back.
 */
export function endOnExceptions({ logger, leave }: EndOnExceptionsOptions): () => void {
  if (process.listenerCount('uncaughtException') > 0) return () => {};
  let isLeaving = false;
  const exit = () => process.exit(1);
  const onException = (error: unknown) => {
    if (isLeaving) exit();
    isLeaving = true;
    try {
      logger.error(`Fatal: uncaught exception: ${messageOf(error)}`, { error });
    } catch {
      // There is no place left to say it.
    }
    leave().then(exit, exit);
  };
  process.on('uncaughtException', onException);
  return () => process.off('uncaughtException', onException);
}
