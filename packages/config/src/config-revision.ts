import { type ConfigEntry, messageOf } from '@weft/core';
import { parseConfigText } from './config-text.js';

/** One state in the history of a value. */
export interface ConfigRevision {
  /** The backend's name for it, where it has one. */
  readonly revision?: string;
  /** What it was; absent when its text did not parse. */
  readonly value?: unknown;
  /** Why its text did not parse. */
  readonly reason?: string;
}

/** A text of the past, read. */
export function revisionOf({ key, text, revision }: ConfigEntry): ConfigRevision {
  const named = revision === undefined ? {} : { revision };
  try {
    return { ...named, value: parseConfigText(key, text) };
  } catch (error) {
    return { ...named, reason: messageOf(error) };
  }
}
