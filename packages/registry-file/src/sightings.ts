import { epochMs, type ServiceInstance } from '@weft/core';
import type { ProcessIdentity } from './process-identity.js';
import { changedAtOf } from './record-file.js';
import { parseStoredRecord, type StoredRecord } from './stored-record.js';

/** How long a temporary file that no longer changes is left alone: a writer may be at it. */
const UNFINISHED_MS = 10_000;
/** How old it has to be by the machine's clock for a reader that sees it for the first time to know that nobody is at it. */
const LEFT_BEHIND_MS = 3_600_000;
/** How long a record's file that cannot be read is listed all the same: its holder, if it lives, writes it anew by then. */
const ILLEGIBLE_MS = 60_000;

/** A file as a reader last saw it change. */
export interface Sighting {
  /** Tells one state of the file from the next: inode, size, time of change. */
  readonly stamp: string;
  /** What it held; empty for a file that is being written. */
  readonly text: string;
  /** Its record, if it is one. */
  readonly record: StoredRecord | undefined;
  /** Whether its owner has taken it out of the registry. */
  readonly hasLeft: boolean;
  /** When this reader first saw it so, on the reader's own clock. */
  readonly seenAt: number;
}

/** A new sighting. */
export function sight(stamp: string, text: string, seenAt: number, hasLeft = false): Sighting {
  return { stamp, text, record: parseStoredRecord(text), seenAt, hasLeft };
}

/**
 * Whether a record's time is over: its process has ended, or its file has not changed for its TTL as *this reader* saw
 * it. So neither clocks that differ nor one that jumps can expire a record.
 */
export function isOver({ record, seenAt }: Sighting, nowMs: number, isGone: (holder: ProcessIdentity) => boolean): boolean {
  return record !== undefined && (isGone(record) || nowMs - seenAt > record.ttlMs);
}

/** Whether a file in a record's place has been none for so long, unchanged, that nobody holds it. */
export function isNobodys({ record, seenAt }: Sighting, nowMs: number): boolean {
  return record === undefined && nowMs - seenAt > ILLEGIBLE_MS;
}

/** Whether a file that somebody began to write has been given up. */
export function isAbandoned({ seenAt, stamp }: Sighting, nowMs: number): boolean {
  return nowMs - seenAt > UNFINISHED_MS || epochMs() - changedAtOf(stamp) > LEFT_BEHIND_MS;
}

/** The instance of a sighting; for a file that is no record one that has only a name and an id, which readers refuse. */
export function instanceOf({ record }: Sighting, name: string, id: string): ServiceInstance {
  const bare: object = { name, id };
  return record?.instance ?? (bare as ServiceInstance);
}
