import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type ConfigDriver, type ConfigEntry, type ConfigEvent, keepAwake, sleep, systemClock, WeftError } from '@weft/core';
import { eventually } from './eventually.js';

/** For a machine that is busy with other tests. */
const SLACK_MS = 2_000;
const FOLLOW_AGAIN_MS = 10;

/** What a target may be able to do to its backend. */
export interface ConfigFaults {
  /** Writes a text under a full key as another tool of the backend would. */
  readonly write?: ((key: string, text: string) => Promise<void>) | undefined;
  /** Stops the backend and starts it again with what it held. */
  readonly restart?: (() => Promise<void>) | undefined;
  /** Takes everything out of the backend behind the back of its clients. */
  readonly wipe?: (() => Promise<void>) | undefined;
}

/** Parts of the contract that a backend may lack. */
export interface ConfigFeatures {
  /** Former texts of a key. */
  readonly history: boolean;
  /** Writing on the condition that a value has a revision. */
  readonly compareAndSet: boolean;
}

/** One sentence of the contract. */
export interface ConfigCase {
  /** The sentence. */
  readonly name: string;
  /** What the target must offer for it. */
  readonly needs?: keyof ConfigFaults | keyof ConfigFeatures;
  /** Rejects when it is not true. */
  readonly run: (bench: ConfigBench) => Promise<void>;
}

/** The texts of a prefix as one watch tells them. */
export class ConfigFollower {
  /** Every event, oldest first. */
  readonly events: ConfigEvent[] = [];
  /** The texts as they are by now, by full key. */
  readonly texts = new Map<string, string>();
  private readonly control = new AbortController();
  private readonly done: Promise<void>;

  constructor(driver: ConfigDriver, prefix: string) {
    this.done = this.follow(driver, prefix);
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.control.abort();
    await this.done;
  }

  /** As `ConfigClient` does it: a watch that ends or fails is opened again. */
  private async follow(driver: ConfigDriver, prefix: string): Promise<void> {
    const { signal } = this.control;
    while (!signal.aborted) {
      try {
        for await (const event of driver.watch(prefix, { signal })) this.take(event);
      } catch (error) {
        assert.ok(error instanceof WeftError, `a watch failed with something that is no WeftError: ${error}`);
        if (error.code === 'WEFT_CLOSED') return;
      }
      await sleep(FOLLOW_AGAIN_MS, systemClock, signal).catch(() => {});
    }
  }

  private take(event: ConfigEvent): void {
    this.events.push(event);
    if ('put' in event) this.texts.set(event.put.key, event.put.text);
    else if ('removed' in event) this.texts.delete(event.removed);
    else {
      this.texts.clear();
      for (const { key, text } of event.list) this.texts.set(key, text);
    }
  }
}

/** What a case works with: opens drivers that see each other, and closes all of them. */
export class ConfigBench {
  /** A prefix that no other case uses. */
  readonly prefix = `conformance-${randomUUID().slice(0, 8)}`;
  /** Never aborted. */
  readonly signal: AbortSignal = new AbortController().signal;
  private readonly drivers: ConfigDriver[] = [];
  private readonly followers: ConfigFollower[] = [];
  // The timers of a system under test must not keep a process alive, a case that waits for them must.
  private readonly letSleep = keepAwake();

  constructor(
    private readonly openDriver: () => Promise<ConfigDriver>,
    /** Those that the target offers. */
    readonly faults: ConfigFaults,
  ) {}

  /** Opens a driver of the target. */
  async open(): Promise<ConfigDriver> {
    const driver = await this.openDriver();
    this.drivers.push(driver);
    return driver;
  }

  /** The full key of a key below the case's prefix. */
  key(below: string): string {
    return `${this.prefix}/${below}`;
  }

  /** What stands under a key below the prefix. */
  get(driver: ConfigDriver, below: string): Promise<ConfigEntry | undefined> {
    return driver.get(this.key(below), { signal: this.signal });
  }

  /** Writes a text under a key below the prefix. */
  set(driver: ConfigDriver, below: string, text: string): Promise<void> {
    return driver.set(this.key(below), text, { signal: this.signal });
  }

  /** Removes a key below the prefix. */
  remove(driver: ConfigDriver, below: string): Promise<void> {
    return driver.remove(this.key(below), { signal: this.signal });
  }

  /** Full keys below a prefix, the case's unless given, sorted. */
  async keys(driver: ConfigDriver, prefix: string = this.prefix): Promise<string[]> {
    return (await driver.list(prefix, { signal: this.signal })).map(({ key }) => key).sort();
  }

  /** Begins a watch of a prefix, the case's unless given, and waits for its first list. */
  async follow(driver: ConfigDriver, prefix: string = this.prefix): Promise<ConfigFollower> {
    const follower = new ConfigFollower(driver, prefix);
    this.followers.push(follower);
    await this.eventually('a watch begins with a list', driver, () => assert.ok(follower.events.length > 0));
    return follower;
  }

  /** Looks again until `check` no longer throws; after the time a change may take the last failure is the case's. */
  async eventually(what: string, driver: ConfigDriver, check: () => void | Promise<void>, moreMs = 0): Promise<void> {
    await eventually(what, check, driver.supports.propagationMs + SLACK_MS + moreMs);
  }

  /** Ends all watches and closes all drivers. */
  async close(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
    await Promise.all(this.drivers.map((driver) => driver.close()));
    this.letSleep();
  }
}
