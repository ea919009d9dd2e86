import { CHANGES_CHANNEL, followPrefix, type RedisBackend, RedisTexts, type RunScript } from '@weft/backend-redis';
import {
  type ConfigDriver,
  type ConfigEntry,
  type ConfigEvent,
  type ConfigSupport,
  type OperationOptions,
  WeftError,
  type WriteOptions,
} from '@weft/core';

/** Writes the text if its revision is still the one given. */
const SET_IF = `
local held = redis.pcall('GET', KEYS[1])
if type(held) ~= 'string' or string.sub(redis.sha1hex(held), 1, string.len(ARGV[2])) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;

const REVISION = /^[0-9a-f]{16}$/;

/** A key of the config center is a string key of Redis, with the same name. */
export class RedisConfig implements ConfigDriver {
  readonly supports: ConfigSupport = { propagationMs: 1_000, multiProcess: true, history: false, compareAndSet: true };
  private readonly texts: RedisTexts;
  private readonly setIf: RunScript;

  constructor(private readonly redis: RedisBackend) {
    this.texts = new RedisTexts(redis);
    this.setIf = redis.script(SET_IF);
  }

  async get(key: string, { signal }: OperationOptions): Promise<ConfigEntry | undefined> {
    const [entry] = await this.texts.entries([key], { signal, isPatient: true });
    return entry;
  }

  async set(key: string, text: string, { signal, ifRevision }: WriteOptions): Promise<void> {
    if (!(await this.write(key, text, ifRevision, signal))) throw await this.conflict(key, ifRevision, signal);
    await this.tell(key, signal);
  }

  async remove(key: string, { signal }: OperationOptions): Promise<void> {
    await this.redis.run(`removing "${key}"`, (redis) => redis.del(key), { signal, isPatient: true });
    await this.tell(key, signal);
  }

  async list(prefix: string, { signal }: OperationOptions): Promise<readonly ConfigEntry[]> {
    const options = { signal, isPatient: true };
    return this.texts.entries(await this.texts.keys(prefix, options), options);
  }

  watch(prefix: string, { signal }: OperationOptions): AsyncIterable<ConfigEvent> {
    return followPrefix(this.texts, prefix, { signal });
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  private async write(key: string, text: string, ifRevision: string | null | undefined, signal: AbortSignal): Promise<boolean> {
    const options = { signal, isPatient: true };
    const what = `writing "${key}"`;
    if (ifRevision === undefined) await this.redis.run(what, (redis) => redis.set(key, text), options);
    else if (ifRevision === null) return (await this.redis.run(what, (redis) => redis.set(key, text, 'NX'), options)) === 'OK';
    else return REVISION.test(ifRevision) && (await this.setIf(what, [key], [text, ifRevision], options)) === 1;
    return true;
  }

  /** Watchers need not wait until they look by themselves. Who may not publish has written all the same. */
  private async tell(key: string, signal: AbortSignal): Promise<void> {
    const channel = this.redis.channel(CHANGES_CHANNEL);
    await this.redis.run(`telling of "${key}"`, (redis) => redis.publish(channel, key), { signal }).catch(() => {});
  }

  private async conflict(key: string, expected: string | null | undefined, signal: AbortSignal): Promise<WeftError> {
    const entry = await this.get(key, { signal });
    const found = entry ? `has revision ${entry.revision}` : 'has no value';
    const wanted = expected === null ? 'it was to be written only while there is none' : `it was expected to have ${expected}`;
    return new WeftError('WEFT_CONFLICT', `"${key}" ${found}; ${wanted}`);
  }
}
