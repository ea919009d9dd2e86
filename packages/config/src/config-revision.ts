import { type ConfigEntry, messageOf, WeftError } from '@weft/core';
import { parseConfigText } from './config-text.js';

/** One state of a value: the current one, or one of its history. */
export interface ConfigRevision {
  /** The backend's name for it, where it has one. */
  readonly revision?: string;
  /** What it was; absent when its text did not parse. */
  readonly value?: unknown;
  /** Why its text did not parse. */
  readonly reason?: string;
}

/** A text, read. */
export function revisionOf({ key, text, revision }: ConfigEntry): ConfigRevision {
  const named = revision === undefined ? {} : { revision };
  try {
    return { ...named, value: parseConfigText(key, text) };
  } catch (error) {
    return { ...named, reason: messageOf(error) };
  }
}

/**
 * What a write is to depend on. A condition that got lost on the way, as `current?.revision` of a key that does not exist,
 * is refused: it would write unconditionally.
 * @throws WEFT_INVALID_ARGUMENT
 */
export function parseCondition(ifRevision: unknown): string | null {
  if (ifRevision === null || (typeof ifRevision === 'string' && ifRevision !== '')) return ifRevision;
  const found = typeof ifRevision === 'string' ? '""' : String(ifRevision);
  const message = `ifRevision is ${found}: expected the revision of current(), or null for "only while there is no value"`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'ifRevision', message }] });
}
