import type { Clock, WeftError } from '@weft/core';
import type { Redis } from 'ioredis';
import type { RedisLink } from './redis-link.js';
import { RedisSubscription } from './redis-subscription.js';

/** Where to listen. */
export interface Topics {
  /** Names of channels. */
  readonly channels?: readonly string[];
  /** Patterns of names, in the glob of Redis. */
  readonly patterns?: readonly string[];
}

/** The readers of one connection: each channel is subscribed once, however many readers it has. */
export class Subscriptions {
  private readonly channels = new Map<string, Set<RedisSubscription>>();
  private readonly patterns = new Map<string, Set<RedisSubscription>>();

  constructor(private readonly clock: Clock) {}

  /** Hears what comes over a new connection. */
  attach(redis: Redis): void {
    redis.on('message', (channel: string, text: string) => this.deliver(this.channels.get(channel), { channel, text }));
    redis.on('pmessage', (pattern: string, channel: string, text: string) => {
      this.deliver(this.patterns.get(pattern), { channel, text });
    });
  }

  /** Ends every reader: the connection is lost. */
  fail(error: WeftError): void {
    const readers = [...this.channels.values(), ...this.patterns.values()].flatMap((set) => [...set]);
    this.channels.clear();
    this.patterns.clear();
    for (const reader of new Set(readers)) reader.fail(error);
  }

  /** Begins to listen; resolves when the server has taken the subscription, so that nothing is missed from now on. */
  async open(link: RedisLink<Redis>, { channels = [], patterns = [] }: Topics, signal: AbortSignal): Promise<RedisSubscription> {
    const redis = await link.connected(signal);
    const leave = () => {
      const [left, leftPatterns] = [drop(this.channels, channels, reader), drop(this.patterns, patterns, reader)];
      if (link.client !== redis) return;
      if (left.length > 0) redis.unsubscribe(...left).catch(() => {});
      if (leftPatterns.length > 0) redis.punsubscribe(...leftPatterns).catch(() => {});
    };
    const reader: RedisSubscription = new RedisSubscription(this.clock, signal, leave);
    if (reader.isClosed) return reader;
    add(this.channels, channels, reader);
    add(this.patterns, patterns, reader);
    try {
      if (channels.length > 0) await redis.subscribe(...channels);
      if (patterns.length > 0) await redis.psubscribe(...patterns);
    } catch (error) {
      reader.close();
      throw error;
    }
    return reader;
  }

  private deliver(readers: Iterable<RedisSubscription> | undefined, message: { channel: string; text: string }): void {
    for (const reader of readers ?? []) reader.push(message);
  }
}

function add(topics: Map<string, Set<RedisSubscription>>, names: readonly string[], reader: RedisSubscription): void {
  for (const name of names) {
    const readers = topics.get(name);
    if (readers) readers.add(reader);
    else topics.set(name, new Set([reader]));
  }
}

/** The topics that nobody reads any more. */
function drop(topics: Map<string, Set<RedisSubscription>>, names: readonly string[], reader: RedisSubscription): string[] {
  return names.filter((name) => {
    const readers = topics.get(name);
    if (!readers?.delete(reader) || readers.size > 0) return false;
    topics.delete(name);
    return true;
  });
}
