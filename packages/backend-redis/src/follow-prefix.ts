import type { ConfigEvent, OperationOptions } from '@weft/core';
import { keyChanges } from './key-changes.js';
import { KnownTexts } from './known-texts.js';
import type { RedisTexts } from './redis-texts.js';

/**
 * All texts under `prefix` and below it: a list first, then what changes. Changes are told by our own writers and, where
 * they are switched on, by the server's keyspace events; in any case what is known is compared every 0.9 s, and new keys
 * are searched for: every 0.9 s too, or every 10 s where events tell of them. Ends when the signal is aborted.
 * @throws WEFT_REGISTRY_UNAVAILABLE when the connection is lost
 */
export async function* followPrefix(
  texts: RedisTexts,
  prefix: string,
  { signal }: OperationOptions,
): AsyncGenerator<ConfigEvent> {
  const { backend } = texts;
  const operation = { signal, isPatient: true };
  try {
    const { isComplete, topics, keyOf } = await keyChanges(backend, prefix, operation);
    const subscription = await backend.subscribe(`watching "${prefix}"`, topics, operation);
    try {
      const known = new KnownTexts(texts, prefix, isComplete, operation);
      yield { list: await known.list() };
      while (!subscription.isClosed) {
        const messages = await subscription.take(known.dueInMs());
        if (subscription.isClosed) return;
        if (messages === undefined) yield { list: await known.list() };
        else yield* await known.changes(messages.map(keyOf));
      }
    } finally {
      subscription.close();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
