import { Bulkhead } from '@weft/resilience';
import { gateVariant } from './task.mjs';

/** Our bulkhead with a place free. */
export async function open() {
  const bulkhead = new Bulkhead({ maxConcurrent: 64, maxQueue: 64 });
  return gateVariant(
    () => bulkhead.tryEnter(),
    () => bulkhead.leave(),
  );
}
