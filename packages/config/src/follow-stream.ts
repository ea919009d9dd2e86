import {
  type Clock,
  type ConfigDriver,
  type ConfigEntry,
  type ConfigEvent,
  type Random,
  type Timer,
  WeftError,
} from '@weft/core';
import { bounded, timedOut } from '@weft/resilience';

const RELIST_MS = 60_000;
const RELIST_JITTER_RATIO = 0.1;

/** What a prefix is followed with. */
export interface FollowOptions {
  /** The backend. */
  readonly driver: ConfigDriver;
  /** The prefix that is followed, without a `/` at its end. */
  readonly prefix: string;
  /** By when an operation has to be answered. */
  readonly timeoutMs: number;
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** Randomness; seeded in tests. */
  readonly random: Random;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Takes an event. */
  readonly apply: (event: ConfigEvent) => void;
}

/**
 * One session on the driver's stream, until it ends for whatever reason, which is what the promise gives. The first event
 * has to come within the timeout, and each minute (10 % jitter) a full list has to succeed: a stream that has gone silent
 * is noticed, and a change that it swallowed is made good. A driver that ignores the signal holds nothing up.
 */
export function followStream(options: FollowOptions): Promise<WeftError> {
  const { prefix, timeoutMs, clock, signal } = options;
  const what = `watching "${prefix}"`;
  const session = new AbortController();
  let events = 0;
  return new Promise((resolve) => {
    let watchdog: Timer | undefined;
    let relist: Timer | undefined;
    const end = (error: WeftError) => {
      if (session.signal.aborted) return;
      watchdog?.cancel();
      relist?.cancel();
      signal.removeEventListener('abort', onAbort);
      session.abort(error);
      resolve(error);
    };
    const onAbort = () => end(new WeftError('WEFT_CLOSED', `${what} was given up: closed`));
    const take = (event: ConfigEvent) => {
      if (session.signal.aborted) return;
      events++;
      watchdog?.cancel();
      options.apply(event);
    };
    const relistLater = () => {
      if (session.signal.aborted) return;
      relist = clock.setTimer(relistInMs(options.random), () => {
        const before = events;
        listed(options, session.signal)
          .then((list) => {
            // An event that came meanwhile may be newer than the list; the next list will do.
            if (events === before) take({ list });
            relistLater();
          })
          .catch((error: unknown) => end(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE')));
      });
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    watchdog = clock.setTimer(timeoutMs, () => end(timedOut({ what, from: 'config center', timeoutMs })));
    relistLater();
    pump(options, take, session.signal).then(
      () => end(new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${what}: the stream ended`, { failure: 'reset' })),
      (error: unknown) => end(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE')),
    );
  });
}

async function pump({ driver, prefix }: FollowOptions, take: (event: ConfigEvent) => void, ended: AbortSignal): Promise<void> {
  for await (const event of driver.watch(prefix, { signal: ended })) {
    if (ended.aborted) return;
    take(event);
  }
}

function listed({ driver, prefix, timeoutMs, clock }: FollowOptions, signal: AbortSignal): Promise<readonly ConfigEntry[]> {
  const bound = { what: `listing "${prefix}"`, from: 'config center', timeoutMs, clock, signal };
  return bounded((ended) => driver.list(prefix, { signal: ended }), bound);
}

function relistInMs(random: Random): number {
  return RELIST_MS * (1 + RELIST_JITTER_RATIO * (2 * random() - 1));
}
