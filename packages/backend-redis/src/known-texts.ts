import type { ConfigEntry, ConfigEvent } from '@weft/core';
import type { RedisOperation } from './redis-backend.js';
import { isUnder, type RedisTexts } from './redis-texts.js';

/** What is known is compared this often: a change that nobody told of, FLUSHALL too, is seen within it. */
const COMPARE_MS = 900;
/** A server that tells of each key need not be searched for new ones. */
const COMPLETE_SCAN_MS = 10_000;
/** A search rests this many times as long as it took, so that a large database is not searched all the time. */
const SCAN_REST = 10;

/** The texts of a prefix as they were told last, so that only what is different is told. */
export class KnownTexts {
  private revisions = new Map<string, string>();
  private compareAt = 0;
  private scanAt = 0;

  constructor(
    private readonly texts: RedisTexts,
    private readonly prefix: string,
    /** Whether new keys are told by somebody, so that searching for them is only a safeguard. */
    private readonly isToldOfNew: boolean,
    private readonly operation: RedisOperation,
  ) {}

  /** Ms until `changes` has to be asked, although nothing was told. */
  dueInMs(): number {
    return Math.max(0, this.compareAt - this.now());
  }

  /** All texts, anew. */
  async list(): Promise<readonly ConfigEntry[]> {
    const list = await this.texts.entries(await this.scan(), this.operation);
    this.revisions = new Map(list.map(({ key, revision = '' }) => [key, revision]));
    this.compareAt = this.now() + COMPARE_MS;
    return list;
  }

  /** What is different by now under the keys that were told; when it is due, under all others too. */
  async changes(told: Iterable<string>): Promise<readonly ConfigEvent[]> {
    const keys = new Set([...told].filter((key) => isUnder(this.prefix, key)));
    if (this.dueInMs() === 0) {
      for (const key of await this.differing()) keys.add(key);
      this.compareAt = this.now() + COMPARE_MS;
    }
    return keys.size === 0 ? [] : this.read([...keys]);
  }

  private async read(keys: readonly string[]): Promise<readonly ConfigEvent[]> {
    const entries = new Map((await this.texts.entries(keys, this.operation)).map((entry) => [entry.key, entry]));
    const events: ConfigEvent[] = [];
    for (const key of keys) {
      const entry = entries.get(key);
      if (entry?.revision === this.revisions.get(key)) continue;
      if (entry?.revision === undefined) this.revisions.delete(key);
      else this.revisions.set(key, entry.revision);
      events.push(entry ? { put: entry } : { removed: key });
    }
    return events;
  }

  private async differing(): Promise<readonly string[]> {
    const found = this.now() < this.scanAt ? [] : await this.scan();
    const keys = [...new Set([...this.revisions.keys(), ...found])];
    const revisions = await this.texts.revisions(keys, this.operation);
    return keys.filter((key) => revisions.get(key) !== this.revisions.get(key));
  }

  private async scan(): Promise<readonly string[]> {
    const startedAt = this.now();
    const keys = await this.texts.keys(this.prefix, this.operation);
    const restMs = SCAN_REST * (this.now() - startedAt);
    this.scanAt = this.now() + Math.max(this.isToldOfNew ? COMPLETE_SCAN_MS : 0, restMs > COMPARE_MS ? restMs : 0);
    return keys;
  }

  private now(): number {
    return this.texts.backend.settings.clock.now();
  }
}
