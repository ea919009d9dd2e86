/** What one run of a check may be given. */
export interface CheckRun {
  /** Ends the run at once, and gives back what it holds. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves when what it looks at is well, else rejects with a WeftError that says what is not, and shows no secret. Made to
 * be given to `service.setHealthCheck`.
 */
export type Check = (run?: CheckRun) => Promise<void>;
