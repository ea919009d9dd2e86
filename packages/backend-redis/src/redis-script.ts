import { createHash } from 'node:crypto';
import { messageOf } from '@weft/core';
import type { RedisCommander } from 'ioredis';

/** A value that a script is given. */
export type ScriptArgument = string | number | Buffer;

/** A Lua script that runs as one step on the server. */
export class RedisScript {
  /** By which the server knows it. */
  readonly sha: string;
  private readonly knownTo = new WeakSet<RedisCommander>();

  constructor(
    /** Its text. */
    readonly lua: string,
  ) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /**
   * Runs it in one round trip: with its text when it is new to the connection, then by name; with its text again when the
   * server does not know it any more (SCRIPT FLUSH, another server of a cluster).
   */
  async run(
    redis: RedisCommander,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    asBuffers = false,
  ): Promise<unknown> {
    const ask = (command: 'EVALSHA' | 'EVAL', script: string): Promise<unknown> => {
      const words = [script, keys.length, ...keys, ...args];
      return asBuffers ? redis.callBuffer(command, ...words) : redis.call(command, ...words);
    };
    if (!this.knownTo.has(redis)) {
      this.knownTo.add(redis);
      return ask('EVAL', this.lua);
    }
    try {
      return await ask('EVALSHA', this.sha);
    } catch (error) {
      if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
      return ask('EVAL', this.lua);
    }
  }
}
