import { WeftError, withoutStack } from '@weft/core';
import type { Bulkhead } from '@weft/resilience';
import type { Call } from './call.js';

/**
 * Takes a place until the call is over; a promise only where it has to wait for one.
 * @throws WEFT_OVERLOADED at once when there is neither a place nor room to wait
 */
export function enterBulkhead(call: Call, bulkhead: Bulkhead): Promise<void> | undefined {
  if (!bulkhead.tryEnter()) return waitForPlace(call, bulkhead);
  call.place = bulkhead;
  return undefined;
}

async function waitForPlace(call: Call, bulkhead: Bulkhead): Promise<void> {
  const cancelled = new AbortController();
  call.wake = () => cancelled.abort(call.cancelled);
  try {
    await bulkhead.enter({ signal: cancelled.signal, deadlineAt: call.deadlineAt });
    call.place = bulkhead;
  } catch (error) {
    const failure = call.cancelled ?? WeftError.from(error);
    throw withoutStack(() => call.failure(failure, call.cancelled ? 'cancelled' : 'bulkhead'));
  } finally {
    call.wake = undefined;
  }
}
