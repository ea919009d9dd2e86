import type { Backend, BackendName, BackendOptions } from './backend.js';
import type { Timing } from './timing.js';

/** By when a fault has to be noticed and made good, in ms, when nothing else competes for the machine. */
export interface FaultBounds {
  /** From the fault until it is told (an event, an error, a count): what the row says. */
  readonly detectMs?: number;
  /** From the end of the fault until everything is as before. */
  readonly recoverMs?: number;
}

/** What a row works with. Everything that was opened through it is closed when the row ends, however it ends. */
export interface FaultStage {
  /** A fresh server of the row's own, and the ways to it. */
  readonly backend: Backend;
  /** Lengths for this run. */
  readonly timing: Timing;
  /** Does something at the end, in reverse order, whether the row passed or not; before the server is stopped. */
  atEnd(close: () => unknown): void;
  /** Notes how long noticing took, in ms, and holds it to `bounds.detectMs` (times the slack of the mode). Of several the largest counts. */
  detected(ms: number): void;
  /** Notes how long healing took, in ms, and holds it to `bounds.recoverMs` (times the slack of the mode). Of several the largest counts. */
  recovered(ms: number): void;
  /** Notes another figure for the table, such as `figure('failed calls', 0)`; asserts nothing. */
  figure(name: string, value: number | string): void;
}

/** One scenario of the table, or one case of the drivers, written once for every backend. */
export interface FaultRow {
  /** Number of the scenario (`R32`), or a word for a case of the drivers (`kill-restart`). */
  readonly id: string;
  /** What the user must see, as a sentence. */
  readonly title: string;
  /** Upper bounds; may be worked out from `timing`. */
  readonly bounds: FaultBounds;
  /** Where it can be run; default consul, etcd and redis. Only cases of the drivers name etcd35. */
  readonly on?: readonly BackendName[];
  /** How its server is started: through a proxy, with accounts, in memory. */
  readonly backend?: BackendOptions;
  /** Whether it measures the machine itself: `npm run faults` then does it while nothing else runs. Default false. */
  readonly alone?: boolean;
  /** How many times its bounds may be exceeded in full mode, 1 by default; in short mode it is five times, at least. */
  readonly slack?: number;
  /** By when it has ended, in ms, where 180 s are not enough, in full mode 300 s. */
  readonly timeoutMs?: number;
  /** Does it, and asserts. */
  run(stage: FaultStage): Promise<void>;
}

/** Backends on which a row of the table is run unless it says otherwise. */
const ROW_BACKENDS: readonly BackendName[] = ['consul', 'etcd', 'redis'];

/**
 * A row, as it is. Rows are exported by the files that hold them and listed in `rows.ts`; `describe-rows.ts` makes tests
 * of them: in short mode each row of the table on one backend (its number modulo the number of backends), in full mode on all.
 */
export function faultRow(row: FaultRow): FaultRow {
  return row;
}

/** What a run is about; undefined = everything. */
export interface Wish {
  /** Ids with commas between: WEFT_FAULTS_ROWS. */
  readonly ids?: string | undefined;
  /** `alone` = only rows that run alone, `together` = only the others: WEFT_FAULTS_PART. */
  readonly part?: string | undefined;
}

/** Whether a run does a row. */
export function isWanted({ id, alone = false }: FaultRow, { ids, part }: Wish): boolean {
  return (ids === undefined || ids.split(',').includes(id)) && (part === undefined || part === (alone ? 'alone' : 'together'));
}

/** The backends on which this run does a row. */
export function backendsOf({ id, on = ROW_BACKENDS }: FaultRow, mode: Timing['mode']): readonly BackendName[] {
  const number = /^R(\d+)/.exec(id)?.[1];
  if (mode === 'full' || number === undefined) return on;
  return on.filter((_, place) => place === Number(number) % on.length);
}
