/** A timer that was set. */
export interface Timer {
  /** Stops it; harmless when it has run. */
  cancel(): void;
}

/** Time as everything in Weft sees it, so that every behaviour runs on a virtual clock in tests. */
export interface Clock {
  /** Monotonic ms with a fraction; its zero means nothing. Never jumps with the system's date. */
  now(): number;
  /** Runs `run` once after `ms`. A timer alone never keeps the process alive. */
  setTimer(ms: number, run: () => void): Timer;
}

/** A number in [0, 1). Seeded in tests. */
export type Random = () => number;

const MAX_TIMER_MS = 2_147_483_647;

/** The process's monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(ms, run) {
    const handle = setTimeout(run, Math.min(ms, MAX_TIMER_MS));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** The process's random numbers. */
export const systemRandom: Random = () => Math.random();

/**
 * Keeps the process alive until the returned function is called. Timers do not, which is right for work in the
 * background; but who awaits an answer has to get one, and not a process that ends without a word.
 */
export function keepAwake(): () => void {
  const handle = setInterval(() => {}, MAX_TIMER_MS);
  return () => clearInterval(handle);
}

/** Ms since 1970: for time stamps that people read, never for measuring. */
export function epochMs(): number {
  return Date.now();
}

/** Resolves after `ms`, or rejects with the signal's reason when it is aborted first. */
export function sleep(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
