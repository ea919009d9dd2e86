import type { Clock } from '@weft/core';
import type { Call } from './call.js';
import type { Target } from './target.js';

/** How long a call waits for the registry's first answer, in ms (semantics 23). */
const DISCOVERY_WAIT_MS = 2_000;

/** Waits until the registry has told the instances for the first time; resolves to the instant. @throws WEFT_NO_INSTANCE when there are none then */
export async function waitForInstances(target: Target, call: Call): Promise<number> {
  const leftMs = call.deadlineAt - target.clock.now();
  if (!target.view.known) await Promise.race([target.view.ready(Math.min(leftMs, DISCOVERY_WAIT_MS)), wakened(call)]);
  call.wake = undefined;
  if (call.cancelled) throw call.failure(call.cancelled);
  if (target.availability.snapshot.length === 0) throw call.failure(target.noInstance());
  return target.clock.now();
}

/** Lets `ms` pass between two tries; a cancel ends it early. */
export async function pause(ms: number, call: Call, clock: Clock): Promise<void> {
  let stop = () => {};
  const elapsed = new Promise<void>((resolve) => {
    const timer = clock.setTimer(ms, resolve);
    stop = () => timer.cancel();
  });
  await Promise.race([elapsed, wakened(call)]);
  stop();
  call.wake = undefined;
}

function wakened(call: Call): Promise<void> {
  return new Promise((resolve) => {
    call.wake = resolve;
  });
}
