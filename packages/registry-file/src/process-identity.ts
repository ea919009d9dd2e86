import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Position of the start time among the fields that follow the name. */
const START_TIME_AT = 19;
const DEAD_STATES: readonly (string | undefined)[] = ['Z', 'X'];

/** Which process holds a record. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (Linux); tells a process from a later one that got its pid. */
  readonly startedAt?: string;
  /** Host name, boot and pid namespace: only within the same one can a pid be asked after. */
  readonly machine: string;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const { pid } = process;
  const startedAt = readStat(pid)?.startedAt;
  const boot = orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = orNothing(() => readlinkSync('/proc/self/ns/pid'));
  const machine = [hostname(), boot, namespace].filter(Boolean).join(' ');
  return startedAt === undefined ? { pid, machine } : { pid, startedAt, machine };
}

/**
 * Asks after other processes, each one once: make a new one per look. A process of another machine cannot be asked after
 * and counts as there.
 */
export function livenessCheck(own: ProcessIdentity): (holder: ProcessIdentity) => boolean {
  const answers = new Map<string, boolean>();
  return (holder) => {
    if (holder.machine !== own.machine) return false;
    const key = `${holder.pid} ${holder.startedAt}`;
    const isGone = answers.get(key) ?? hasEnded(holder);
    answers.set(key, isGone);
    return isGone;
  };
}

/** A killed process that its parent has not collected yet has ended too. */
function hasEnded({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  if (startedAt === undefined) return false;
  const stat = readStat(pid);
  return stat !== undefined && (stat.startedAt !== startedAt || DEAD_STATES.includes(stat.state));
}

/** Source: proc_pid_stat(5). The name in parentheses may hold spaces and parentheses itself. */
function readStat(pid: number): { readonly state: string | undefined; readonly startedAt: string } | undefined {
  return orNothing(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const startedAt = fields[START_TIME_AT];
    return startedAt === undefined ? undefined : { state: fields[0], startedAt };
  });
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
