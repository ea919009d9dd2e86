import { createHash } from 'node:crypto';
import { type ConfigEntry, WeftError } from '@weft/core';
import { escapeGlob } from './escape-glob.js';
import type { RedisBackend, RedisOperation, RunScript } from './redis-backend.js';

/** For each key its text or what `of` makes of it; false where there is none, 0 where something else than a text is kept. */
const each = (of: string) => `
local answer = {}
for at, key in ipairs(KEYS) do
  local held = redis.pcall('GET', key)
  if type(held) == 'table' then answer[at] = 0 elseif held then answer[at] = ${of} else answer[at] = false end
end
return answer`;

const REVISION_CHARACTERS = 16;
const KEYS_AT_ONCE = 500;

/** Tells one text from another: the first 16 hex digits of its SHA-1. */
export function revisionOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, REVISION_CHARACTERS);
}

/** Whether a key is `prefix` or lies below it; every key does when it is empty. */
export function isUnder(prefix: string, key: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
}

/** The texts under string keys, a key being exactly what was asked for. */
export class RedisTexts {
  private readonly read: RunScript;
  private readonly digest: RunScript;
  private readonly warned = new Set<string>();

  constructor(
    /** Where they are. */
    readonly backend: RedisBackend,
  ) {
    this.read = backend.script(each('held'));
    this.digest = backend.script(each(`string.sub(redis.sha1hex(held), 1, ${REVISION_CHARACTERS})`));
  }

  /** The entries of those keys that have a text. */
  async entries(keys: readonly string[], options: RedisOperation): Promise<readonly ConfigEntry[]> {
    const texts = await this.asked(this.read, 'reading', keys, options);
    return [...texts].map(([key, text]) => ({ key, text, revision: revisionOf(text) }));
  }

  /** The revisions of those keys that have a text, without their texts. */
  revisions(keys: readonly string[], options: RedisOperation): Promise<ReadonlyMap<string, string>> {
    return this.asked(this.digest, 'comparing', keys, options);
  }

  /**
   * The keys that are `prefix` or lie below it, whatever they hold; all keys when it is empty.
   * @throws WEFT_PERMISSION_DENIED when there are none, and we could not read one if there was: that is not nothing
   */
  async keys(prefix: string, operation: RedisOperation): Promise<readonly string[]> {
    const found = await this.backend.scan(`listing "${prefix}"`, `${escapeGlob(prefix)}*`, operation);
    const keys = found.filter((key) => isUnder(prefix, key));
    if (keys.length === 0) await this.assertReadable(prefix, operation);
    return keys;
  }

  /** Some may read only what is below a prefix, some only the key of this name. */
  private async assertReadable(prefix: string, operation: RedisOperation): Promise<void> {
    await this.entries([`${prefix}/`], operation).catch(async (error: unknown) => {
      if (!(error instanceof WeftError) || error.code !== 'WEFT_PERMISSION_DENIED') throw error;
      await this.entries([prefix], operation);
    });
  }

  private async asked(
    script: RunScript,
    doing: string,
    keys: readonly string[],
    options: RedisOperation,
  ): Promise<Map<string, string>> {
    const groups = this.backend.groups(keys, KEYS_AT_ONCE);
    const answers = await Promise.all(
      groups.map((group) => script(`${doing} "${group[0]}"`, group, [], options) as Promise<readonly unknown[]>),
    );
    const found = new Map<string, string>();
    groups.forEach((group, at) => {
      group.forEach((key, place) => {
        const answer = answers[at]?.[place];
        if (typeof answer === 'string') found.set(key, answer);
        else if (answer === 0) this.warn(key);
      });
    });
    return found;
  }

  private warn(key: string): void {
    if (this.warned.has(key)) return;
    this.warned.add(key);
    this.backend.settings.logger.warn('a key holds no text; it is left out', { key });
  }
}
