import { AdaptiveConcurrency } from '@weft/resilience';
import { gateVariant } from './task.mjs';

const EACH_MS = 20;

/** How a service limits what it works at together: in, and out with how long it took. */
export async function open() {
  const limiter = new AdaptiveConcurrency();
  return gateVariant(
    () => limiter.tryEnter(),
    (nowMs) => limiter.leave('ok', EACH_MS, nowMs),
  );
}
