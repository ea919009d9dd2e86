import { type Clock, keepAwake } from '@weft/core';
import type { Call } from './call.js';
import type { Target } from './target.js';

/** How long a call waits for a registry that has not answered, and a new client for a service that is just starting, in ms (semantics 23). */
const DISCOVERY_WAIT_MS = 2_000;

/**
 * Waits until there is somebody to call; resolves to the instant. A service that is known to have left is not waited for.
 * @throws WEFT_NO_INSTANCE when nobody came
 */
export async function waitForInstances(target: Target, call: Call): Promise<number> {
  const { clock, view } = target;
  for (let nowMs = clock.now(); target.availability.snapshot.length === 0; nowMs = clock.now()) {
    const untilAt = view.known ? (target.isNew ? target.openedAt + DISCOVERY_WAIT_MS : 0) : call.startedAt + DISCOVERY_WAIT_MS;
    const leftMs = Math.min(untilAt, call.deadlineAt) - nowMs;
    if (leftMs <= 0) throw call.failure(target.noInstance());
    await changeWithin(leftMs, target, call);
    if (call.cancelled) throw call.failure(call.cancelled);
  }
  return clock.now();
}

async function changeWithin(ms: number, target: Target, call: Call): Promise<void> {
  let unsubscribe = () => {};
  const changed = new Promise<void>((resolve) => {
    unsubscribe = target.view.onChange(resolve);
  });
  await Promise.race([changed, pause(ms, call, target.clock)]);
  unsubscribe();
  call.wake?.();
}

/** Lets `ms` pass between two tries; a cancel ends it early. */
export function pause(ms: number, call: Call, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const letSleep = keepAwake();
    const end = () => {
      timer.cancel();
      letSleep();
      call.wake = undefined;
      resolve();
    };
    const timer = clock.setTimer(ms, end);
    call.wake = end;
  });
}
