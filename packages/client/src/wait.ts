import { keepAwake, WeftError } from '@weft/core';
import type { Call } from './call.js';

/** How long a call waits for a registry that has not answered, and a new client for a service that is just starting, in ms (semantics 23). */
const DISCOVERY_WAIT_MS = 2_000;

/**
 * Waits until there is somebody to call; resolves to the instant. A service that is known to have left is not waited for.
 * @throws WEFT_NO_INSTANCE when nobody came
 */
export async function waitForInstances(call: Call): Promise<number> {
  const { target } = call;
  const { clock, view } = target;
  for (let nowMs = clock.now(); target.availability.snapshot.length === 0; nowMs = clock.now()) {
    const untilAt = view.known ? (target.isNew ? target.openedAt + DISCOVERY_WAIT_MS : 0) : call.startedAt + DISCOVERY_WAIT_MS;
    const leftMs = Math.min(untilAt, call.deadlineAt) - nowMs;
    if (leftMs <= 0) throw call.failure(target.noInstance(), 'no-instance');
    await changeWithin(leftMs, call);
    if (call.cancelled) throw call.failure(call.cancelled, 'cancelled');
  }
  return clock.now();
}

async function changeWithin(ms: number, call: Call): Promise<void> {
  let unsubscribe = () => {};
  const changed = new Promise<void>((resolve) => {
    unsubscribe = call.target.view.onChange(resolve);
  });
  await Promise.race([changed, pause(ms, call)]);
  unsubscribe();
  call.wake?.();
}

/** Lets `ms` pass between two tries; a cancel ends it early. */
export function pause(ms: number, call: Call): Promise<void> {
  return new Promise((resolve) => {
    const letSleep = keepAwake();
    const end = () => {
      timer.cancel();
      letSleep();
      call.wake = undefined;
      resolve();
    };
    const timer = call.target.clock.setTimer(ms, end);
    call.wake = end;
  });
}

/**
 * Waits for something that goes on without this call, until the call's time is up or it is given up.
 * @throws WEFT_DEADLINE_EXCEEDED WEFT_CANCELLED, and what `promise` rejects with
 */
export function within<T>(promise: Promise<T>, call: Call, untilAt = call.deadlineAt): Promise<T> {
  const { wheel } = call.target;
  return new Promise((resolve, reject) => {
    const leave = () => {
      if (armed) wheel.disarm(armed);
      call.wake = undefined;
    };
    const late = () => {
      leave();
      reject(call.failure(new WeftError('WEFT_DEADLINE_EXCEEDED', 'no answer within the call’s timeout'), 'time'));
    };
    const armed = untilAt < Number.POSITIVE_INFINITY ? wheel.arm(untilAt, { expire: late }) : undefined;
    call.wake = () => {
      leave();
      if (call.cancelled) reject(call.failure(call.cancelled, 'cancelled'));
    };
    promise.finally(leave).then(resolve, reject);
    if (call.cancelled) call.wake();
  });
}
