/**
 * When a closed breaker opens, apart from what open means. It is told every outcome that counts while the breaker is closed,
 * and nothing while it is open or half-open.
 */
export interface Trip {
  /** Whether it looks at how long calls take: `execute` reads the clock for it only then. */
  readonly timed: boolean;
  /** Counts one outcome in O(1); true when the breaker has to open now. */
  record(result: 'ok' | 'failed', durationMs: number): boolean;
  /** Forgets what was counted: the breaker has closed. */
  reset(): void;
}
