import { type RegistryEvent, type Timer, WeftError } from '@weft/core';
import { timedOut } from '@weft/resilience';
import type { RegistryContext } from './registry-context.js';

const RELIST_MS = 60_000;
const RELIST_JITTER_RATIO = 0.1;

/** What a stream is followed with. */
export interface FollowOptions {
  readonly name: string;
  readonly context: RegistryContext;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Takes an event. */
  readonly apply: (event: RegistryEvent) => void;
  /** Lists in full; its failure ends the session. */
  readonly relist: (signal: AbortSignal) => Promise<void>;
  /** Called when the stream itself broke, so that there was contact until this moment. */
  readonly onBroken: () => void;
}

/**
 * One session on the driver's stream, until it ends for whatever reason, which is what the promise gives. The first
 * event has to come within the timeout, and each minute (10 % jitter) a full list has to succeed: a stream that has gone
 * silent is noticed, and a change that it swallowed is made good. A driver that ignores the signal holds nothing up.
 */
export function followStream({ name, context, signal, apply, relist, onBroken }: FollowOptions): Promise<WeftError> {
  const { driver, clock, random, timeoutMs, from } = context;
  const session = new AbortController();
  return new Promise((resolve) => {
    const timers: { watchdog?: Timer; relist?: Timer } = {};
    const end = (error: WeftError) => {
      if (session.signal.aborted) return;
      timers.watchdog?.cancel();
      timers.relist?.cancel();
      signal.removeEventListener('abort', onAbort);
      session.abort(error);
      resolve(error);
    };
    const onAbort = () => end(new WeftError('WEFT_CLOSED', `following "${name}" was given up: closed`));
    const relistLater = () => {
      if (session.signal.aborted) return;
      const waitMs = RELIST_MS * (1 + RELIST_JITTER_RATIO * (2 * random() - 1));
      timers.relist = clock.setTimer(waitMs, () => void relist(session.signal).then(relistLater, end));
    };
    const pump = async () => {
      for await (const event of driver.watch(name, { signal: session.signal })) {
        if (session.signal.aborted) return;
        timers.watchdog?.cancel();
        apply(event);
      }
    };
    const broken = (reason: WeftError) => {
      if (!session.signal.aborted) onBroken();
      end(reason);
    };

    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    timers.watchdog = clock.setTimer(timeoutMs, () => end(timedOut({ what: `watching "${name}"`, from, timeoutMs })));
    relistLater();
    pump().then(
      () => broken(ended(name)),
      (error: unknown) => broken(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE')),
    );
  });
}

/** A stream that ends without a word counts as a connection that was lost. */
function ended(name: string): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', `watching "${name}": the stream ended`, { failure: 'reset' });
}
