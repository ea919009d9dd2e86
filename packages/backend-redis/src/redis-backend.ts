import { inspect } from 'node:util';
import { keepAwake, WeftError, withoutStack } from '@weft/core';
import { Cluster, type Redis, type RedisCommander } from 'ioredis';
import { answered, givenUp } from './answered.js';
import { openCluster, openServer, type RedisClient } from './open-client.js';
import { isFatal, isGone, redisError } from './redis-error.js';
import { RedisLink } from './redis-link.js';
import type { RedisSettings } from './redis-options.js';
import { RedisScript, type ScriptArgument } from './redis-script.js';
import type { RedisSubscription } from './redis-subscription.js';
import { Subscriptions, type Topics } from './subscriptions.js';

/** Every command of Redis as a method that resolves to its answer. */
export type RedisCommands = RedisCommander;

/** How an operation is waited for. */
export interface RedisOperation {
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /**
   * Whether to wait for the try to connect that is under way or due (at most about 5 s), when there is no connection.
   * Default false: the operation fails at once then.
   */
  readonly isPatient?: boolean | undefined;
}

/** A script that is ready to be run. `what` says what is done, for errors. All keys must lie in one slot. */
export type RunScript = (
  what: string,
  keys: readonly string[],
  args: readonly ScriptArgument[],
  options: RedisOperation,
) => Promise<unknown>;

/** Whether nobody waits for an operation any more, while it may still be under way. */
interface Ended {
  readonly isOver: boolean;
}

const SCAN_COUNT = 1_000;

/** One Redis, or one cluster: commands on one connection, what is published on a second one, opened when first asked for. */
export class RedisBackend {
  private readonly peer: string;
  private readonly commands: RedisLink<RedisClient>;
  private messages: RedisLink<Redis> | undefined;
  private readonly subscriptions: Subscriptions;
  private closed: WeftError | undefined;
  /** The address that is tried first. */
  private at = 0;

  constructor(
    /** What it was opened with. */
    readonly settings: RedisSettings,
  ) {
    this.peer = `redis at ${settings.addresses.map(({ host, port }) => `${host}:${port}`).join(',')}`;
    this.subscriptions = new Subscriptions(settings.clock);
    const open = settings.isCluster
      ? (signal: AbortSignal) => openCluster(settings, signal)
      : (signal: AbortSignal) => this.openAny(signal);
    this.commands = new RedisLink<RedisClient>({
      open,
      settings,
      peer: this.peer,
      isLogged: true,
      onUp: () => this.messages?.hurry(),
    });
  }

  /**
   * Resolves when the first try to connect is over, or nobody waits for it any more. A server that cannot be reached is no
   * failure.
   * @throws WEFT_UNAUTHENTICATED @throws WEFT_PERMISSION_DENIED @throws WEFT_CONFIG_INVALID for TLS that cannot be
   */
  async tried(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await awake(() => this.commands.tried(signal));
    if (!this.commands.client && isFatal(this.commands.error)) throw this.commands.error;
  }

  /** Fires when the connection for commands that there is now is lost; undefined while there is none. */
  get lost(): AbortSignal | undefined {
    return this.commands.down;
  }

  /**
   * Does something on the server, within the timeout. `what` says what, for errors: `listing "users"`.
   * @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_UNAUTHENTICATED @throws WEFT_PERMISSION_DENIED
   * @throws WEFT_CLOSED @throws WEFT_CANCELLED when the signal is aborted
   */
  async run<T>(what: string, command: (redis: RedisCommands) => Promise<T>, options: RedisOperation): Promise<T> {
    return this.within(what, options, async (ended) => {
      const client = await this.client(options);
      // What was given up meanwhile must not be done later, after what was done instead.
      if (ended.isOver) throw this.commands.error;
      return command(client);
    });
  }

  /** Prepares a script, which runs as one step on the server and fails as `run` does. With `asBuffers` texts come as bytes. */
  script(lua: string, { asBuffers = false }: { readonly asBuffers?: boolean } = {}): RunScript {
    const script = new RedisScript(lua);
    return (what, keys, args, options) => this.run(what, (redis) => script.run(redis, keys, args, asBuffers), options);
  }

  /**
   * Listens to channels and patterns; from when it resolves nothing is missed. Channels are the server's, whatever the db:
   * see `channel`.
   * @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_UNAUTHENTICATED @throws WEFT_PERMISSION_DENIED
   */
  subscribe(what: string, topics: Topics, options: RedisOperation): Promise<RedisSubscription> {
    return this.within(what, options, async (ended) => {
      this.messages ??= this.openMessages();
      const { messages } = this;
      const reader = await awake(() => this.subscriptions.open(messages, topics, options.signal));
      if (ended.isOver) reader.close();
      return reader;
    });
  }

  /** The name of a channel that belongs to the database: what is published is heard in all of them. */
  channel(name: string): string {
    return this.settings.db === 0 ? name : `${name}@${this.settings.db}`;
  }

  /** Splits keys into groups that can be used in one command: of at most `size`, in a cluster of one. */
  groups(keys: readonly string[], size: number): readonly (readonly string[])[] {
    const step = this.settings.isCluster ? 1 : size;
    return Array.from({ length: Math.ceil(keys.length / step) }, (_, at) => keys.slice(at * step, (at + 1) * step));
  }

  /** Every key of the server, or of all servers of a cluster, that matches a pattern. */
  async scan(what: string, pattern: string, options: RedisOperation): Promise<readonly string[]> {
    return this.within(what, options, async (ended) => {
      const client = await this.client(options);
      const servers = client instanceof Cluster ? client.nodes('master') : [client];
      const found = await Promise.all(servers.map((server) => scanned(server, pattern, ended)));
      return [...new Set(found.flat())];
    });
  }

  /** For logs: without what it was opened with. */
  [inspect.custom](): string {
    return this.toJSON();
  }

  /** As printed: whoever writes it into a log as JSON tells no password. */
  toJSON(): string {
    return `RedisBackend(${this.peer})`;
  }

  /** Gives back both connections. Idempotent, never rejects. */
  async close(): Promise<void> {
    this.closed ??= new WeftError('WEFT_CLOSED', `${this.peer}: closed`);
    this.commands.close();
    this.messages?.close();
    this.subscriptions.fail(this.closed);
  }

  private async client({ signal, isPatient = false }: RedisOperation): Promise<RedisClient> {
    const { client } = this.commands;
    if (client) return client;
    if (isPatient) return awake(() => this.commands.connected(signal));
    throw this.commands.error;
  }

  private async within<T>(what: string, { signal }: RedisOperation, run: (ended: Ended) => Promise<T>): Promise<T> {
    if (this.closed) throw this.closed;
    const { timeoutMs, clock } = this.settings;
    const asked = `${this.peer}: ${what}`;
    if (signal.aborted) throw givenUp(asked, signal);
    const ended = { isOver: false };
    try {
      return await answered(run(ended), { what: asked, timeoutMs, clock, signal });
    } catch (error) {
      ended.isOver = true;
      if (this.closed) throw this.closed;
      const failed = this.failureOf(asked, error);
      if (/\bREADONLY\b/.test(failed.message)) this.leave(failed);
      throw failed;
    }
  }

  private failureOf(asked: string, error: unknown): WeftError {
    // What was in flight when the connection went says less than the connection itself.
    const lost = isGone(error) ? [this.commands, this.messages].find((link) => link && !link.client)?.error : error;
    if (!(lost instanceof WeftError)) return redisError(error, asked);
    if (lost.code === 'WEFT_CANCELLED' || lost.message.startsWith(asked)) return lost;
    const { code, message, failure, retryable } = lost;
    const reason = message.replace(/^redis at \S+: /, '');
    const told = { cause: lost, retryable, ambiguous: lost !== error, ...(failure && { failure }) };
    return withoutStack(() => new WeftError(code, `${asked}: ${reason}`, told));
  }

  /** A server that has become a replica takes no writes: another address may be its master now. */
  private leave(error: WeftError): void {
    if (this.settings.addresses.length === 1) return;
    this.at++;
    this.commands.drop(error);
  }

  private async openAny(signal: AbortSignal): Promise<Redis> {
    const { addresses } = this.settings;
    const errors: unknown[] = [];
    for (let tries = 0; tries < addresses.length; tries++) {
      const at = (this.at + tries) % addresses.length;
      try {
        const redis = await openServer(this.settings, addresses[at] ?? addresses[0], signal);
        this.at = at;
        return redis;
      } catch (error) {
        errors.push(error);
      }
    }
    // One that refuses us says more than one that is not there.
    throw errors.find((error) => error instanceof WeftError && !error.failure) ?? errors[0];
  }

  private openMessages(): RedisLink<Redis> {
    return new RedisLink<Redis>({
      open: async (signal) => {
        // One of the two is enough to find out whether the server is there, or refuses us.
        if (this.commands.isRefused) throw this.commands.error;
        await this.commands.connected(signal);
        return this.openAny(signal);
      },
      settings: this.settings,
      peer: this.peer,
      isLogged: false,
      onUp: (redis) => {
        this.subscriptions.attach(redis);
        this.commands.hurry();
      },
      onDown: (error) => this.subscriptions.fail(error),
    });
  }
}

/** Who waits for an answer has to get one, though nothing but a timer may be under way. */
async function awake<T>(work: () => Promise<T>): Promise<T> {
  const letSleep = keepAwake();
  try {
    return await work();
  } finally {
    letSleep();
  }
}

async function scanned(server: Redis, pattern: string, ended: Ended): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    found.push(...keys);
    cursor = next;
  } while (cursor !== '0' && !ended.isOver);
  return found;
}
