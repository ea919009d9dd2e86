import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Collects all garbage. */
export function collectGarbage() {
  collect();
}

/** Bytes of the heap that are in use, once all garbage is gone. */
export async function heapInUse() {
  for (let times = 0; times < 5; times++) {
    collectGarbage();
    await sleep(10);
  }
  return process.memoryUsage().heapUsed;
}
