import { WeftError } from '@weft/core';
import { escapeGlob } from './escape-glob.js';
import type { RedisBackend, RedisOperation } from './redis-backend.js';
import type { RedisMessage } from './redis-subscription.js';
import type { Topics } from './subscriptions.js';

/** The channel on which writers tell the keys that they have changed. */
export const CHANGES_CHANNEL = 'weft:changes';

/** Where changes of keys are told, and how. */
export interface KeyChanges {
  /** Whether the server itself tells of each key, whoever changed it. */
  readonly isComplete: boolean;
  /** What to listen to. */
  readonly topics: Topics;
  /** The key that a message is about. */
  keyOf(message: RedisMessage): string;
}

/**
 * Where changes of the keys under `prefix` are told: by our own writers on a channel, and by the server's keyspace events
 * where they are switched on for what can happen to a text (`notify-keyspace-events` with K, g, $ and x, or A).
 * @throws WEFT_REGISTRY_UNAVAILABLE when the server cannot be asked
 */
export async function keyChanges(backend: RedisBackend, prefix: string, operation: RedisOperation): Promise<KeyChanges> {
  const own = backend.channel(CHANGES_CHANNEL);
  const space = `__keyspace@${backend.settings.db}__:`;
  const keyOf = ({ channel, text }: RedisMessage) => (channel === own ? text : channel.slice(space.length));
  if (!(await tellsOfKeys(backend, operation))) return { isComplete: false, topics: { channels: [own] }, keyOf };
  const topics =
    prefix === ''
      ? { channels: [own], patterns: [`${space}*`] }
      : { channels: [own, `${space}${prefix}`], patterns: [`${space}${escapeGlob(prefix)}/*`] };
  return { isComplete: true, topics, keyOf };
}

/** Where asking is not allowed, it counts as no; so it does in a cluster, where each server tells only of its own keys. */
async function tellsOfKeys(backend: RedisBackend, operation: RedisOperation): Promise<boolean> {
  if (backend.settings.isCluster) return false;
  try {
    const what = 'asking for notify-keyspace-events';
    const answer = await backend.run(what, (redis) => redis.config('GET', 'notify-keyspace-events'), operation);
    const flags = Array.isArray(answer) ? String(answer[1]) : '';
    return flags.includes('K') && (flags.includes('A') || ['g', '$', 'x'].every((flag) => flags.includes(flag)));
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Whether the server answered, and said no: CONFIG is forbidden to many users, and unknown to some hosted servers. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof WeftError) || error.failure !== undefined) return false;
  return error.code === 'WEFT_PERMISSION_DENIED' || error.code === 'WEFT_REGISTRY_UNAVAILABLE';
}
