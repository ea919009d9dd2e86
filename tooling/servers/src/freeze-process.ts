import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 1;

/**
 * Sends SIGSTOP, and resolves when the process stands still. `kill(2)` returns before that: the signal is taken by one
 * thread, once it gets a turn, and until then all others run on; Consul answered every tenth request that was sent at once.
 * Where there is no /proc to see it by, it resolves at once.
 * @param pid a child of ours
 */
export async function freezeProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!isStill(pid)) await sleep(lookEveryMs);
}

/** Whether none of its threads runs: each is stopped (T), or the process is gone. */
function isStill(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((thread) => /^.*\) [TtXZ]/s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')));
  } catch {
    return true;
  }
}
