import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  keepAwake,
  type RegistryDriver,
  type RegistryEvent,
  type RegistrySupport,
  type ServiceInstance,
  sleep,
  systemClock,
  WeftError,
} from '@weft/core';
import { eventually } from './eventually.js';

/** For a machine that is busy with other tests. */
const SLACK_MS = 2_000;
const SHORTEST_TTL_MS = 300;
const LOOK_AGAIN_MS = 10;

/** Faults that a target may be able to produce. */
export interface RegistryFaults {
  /** Stops the backend and starts it again with what it held. */
  readonly restart?: (() => Promise<void>) | undefined;
  /** Takes everything out of the backend behind the back of its clients. */
  readonly wipe?: (() => Promise<void>) | undefined;
}

/** One sentence of the contract. */
export interface RegistryCase {
  readonly name: string;
  /** The fault without which it cannot be run. */
  readonly needs?: keyof RegistryFaults;
  readonly run: (bench: RegistryBench) => Promise<void>;
}

/** The state of a service as one watch tells it. */
export class Follower {
  /** Every event, oldest first. */
  readonly events: RegistryEvent[] = [];
  /** The records as they are by now. */
  readonly records = new Map<string, ServiceInstance>();
  private readonly control = new AbortController();
  private readonly done: Promise<void>;

  constructor(driver: RegistryDriver, name: string | undefined) {
    this.done = this.follow(driver, name);
  }

  /** Ids by now, sorted. */
  ids(): string[] {
    return [...this.records.keys()].sort();
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.control.abort();
    await this.done;
  }

  /** As `Registry` does it: a watch that ends or fails is opened again. */
  private async follow(driver: RegistryDriver, name: string | undefined): Promise<void> {
    const { signal } = this.control;
    while (!signal.aborted) {
      try {
        for await (const event of driver.watch(name, { signal })) this.take(event);
      } catch (error) {
        assert.ok(error instanceof WeftError, `a watch failed with something that is no WeftError: ${error}`);
        if (error.code === 'WEFT_CLOSED') return;
      }
      await sleep(LOOK_AGAIN_MS, systemClock, signal).catch(() => {});
    }
  }

  private take(event: RegistryEvent): void {
    this.events.push(event);
    if ('put' in event) this.records.set(event.put.id, event.put);
    else if ('removed' in event) this.records.delete(event.removed.id);
    else {
      this.records.clear();
      for (const record of event.list) this.records.set(record.id, record);
    }
  }
}

/** What a case works with: opens drivers that see each other, and closes all of them. */
export class RegistryBench {
  /** A service that no other case uses. */
  readonly service = `conformance-${randomUUID().slice(0, 8)}`;
  private readonly drivers: RegistryDriver[] = [];
  private readonly followers: Follower[] = [];
  // The timers of a system under test must not keep a process alive, a case that waits for them must.
  private readonly letSleep = keepAwake();

  constructor(
    private readonly openDriver: () => Promise<RegistryDriver>,
    /** Those that the target offers. */
    readonly faults: RegistryFaults,
  ) {}

  /** Opens a driver of the target. */
  async open(): Promise<RegistryDriver> {
    const driver = await this.openDriver();
    this.drivers.push(driver);
    return driver;
  }

  /** A short TTL that the driver can hold with a margin. */
  ttlMs({ supports }: RegistryDriver): number {
    return Math.max(SHORTEST_TTL_MS, 2 * supports.minTtlMs, 2 * supports.propagationMs);
  }

  /** By when a change is seen, in ms. */
  seenWithinMs({ propagationMs }: RegistrySupport): number {
    return propagationMs + SLACK_MS;
  }

  /** By when a record that is no longer asserted is gone, in ms. */
  goneWithinMs(driver: RegistryDriver): number {
    const { propagationMs, ttlGranularityMs } = driver.supports;
    return this.ttlMs(driver) + ttlGranularityMs + propagationMs + SLACK_MS;
  }

  /** A record of the case's service; `id` is unique unless given. */
  record(change: Partial<ServiceInstance> = {}): ServiceInstance {
    return {
      id: `id-${randomUUID().slice(0, 8)}`,
      name: this.service,
      version: '1.0.0',
      host: '127.0.0.1',
      endpoints: [{ protocol: 'http', port: 8080 }],
      status: 'up',
      incarnation: '1',
      weight: 1,
      tags: [],
      metadata: {},
      ...change,
    };
  }

  /** Asserts a record, under `ttlMs` unless given. */
  put(driver: RegistryDriver, record: ServiceInstance, ttlMs = 20 * this.ttlMs(driver)): Promise<{ readonly ttlMs: number }> {
    return driver.put(record, { ttlMs, signal: neverAborted() });
  }

  /** Removes a record. */
  remove(driver: RegistryDriver, self: { name: string; id: string; incarnation?: string }): Promise<void> {
    return driver.remove(self, { signal: neverAborted() });
  }

  /** Records of a service, the case's own unless given, by id. */
  async list(driver: RegistryDriver, name: string | undefined = this.service): Promise<readonly ServiceInstance[]> {
    const records = await driver.list(name, { signal: neverAborted() });
    return [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Ids of a service's records, sorted. */
  async ids(driver: RegistryDriver, name: string = this.service): Promise<string[]> {
    return (await this.list(driver, name)).map(({ id }) => id);
  }

  /** Begins a watch of the case's service and waits for its first list. */
  follow(driver: RegistryDriver): Promise<Follower> {
    return this.begin(driver, this.service);
  }

  /** Begins a watch of all services and waits for its first list. */
  followAll(driver: RegistryDriver): Promise<Follower> {
    return this.begin(driver, undefined);
  }

  /** Looks again until `check` no longer throws; after the time a change may take the last failure is the case's. */
  async eventually(
    what: string,
    driver: RegistryDriver,
    check: () => void | Promise<void>,
    withinMs = this.seenWithinMs(driver.supports),
  ): Promise<void> {
    await eventually(what, check, withinMs);
  }

  /** Waits. */
  pause(ms: number): Promise<void> {
    return sleep(ms, systemClock);
  }

  /** Ends all watches and closes all drivers. */
  async close(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
    await Promise.all(this.drivers.map((driver) => driver.close()));
    this.letSleep();
  }

  private async begin(driver: RegistryDriver, name: string | undefined): Promise<Follower> {
    const follower = new Follower(driver, name);
    this.followers.push(follower);
    await this.eventually('a watch begins with a list', driver, () => assert.ok(follower.events.length > 0));
    return follower;
  }
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
