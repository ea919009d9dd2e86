import { LoadShedder } from '@weft/resilience';
import { gateVariant } from './task.mjs';

/** How a service asks whether it may take a request. A loop without an end is no overload here: its time passes slowly. */
export async function open() {
  const shedder = new LoadShedder({ delay: '1h', interval: '2h' });
  return gateVariant(
    (nowMs) => shedder.admits('normal', nowMs),
    () => {},
    () => shedder.close(),
  );
}
