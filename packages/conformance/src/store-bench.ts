import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { keepAwake, sleep, systemClock } from '@weft/core';
import { eventually } from './eventually.js';

/** For a machine that is busy with other tests. */
const SLACK_MS = 2_000;

/** What a target may be able to do to its backend. */
export interface StoreFaults {
  /** Stops the backend and starts it again with what it held. */
  readonly restart?: (() => Promise<void>) | undefined;
  /** Takes everything out of the backend behind the back of its clients. */
  readonly wipe?: (() => Promise<void>) | undefined;
}

/** A store that is opened on a backend. */
export interface ClosableStore {
  close(): Promise<void>;
}

/** What a case works with: opens stores that see each other, and closes all of them. */
export class StoreBench<Store extends ClosableStore> {
  /** Never aborted. */
  readonly signal: AbortSignal = new AbortController().signal;
  private readonly space = randomUUID().slice(0, 8);
  private readonly stores: Store[] = [];
  // The timers of a system under test must not keep a process alive, a case that waits for them must.
  private readonly letSleep = keepAwake();

  constructor(
    private readonly openStore: () => Promise<Store>,
    /** Those that the target offers. */
    readonly faults: StoreFaults,
  ) {}

  /** Opens a store of the target. */
  async open(): Promise<Store> {
    const store = await this.openStore();
    this.stores.push(store);
    return store;
  }

  /** Opens `count` stores of the target. */
  async openMany(count: number): Promise<readonly [Store, ...Store[]]> {
    return [await this.open(), ...(await Promise.all(Array.from({ length: count - 1 }, () => this.open())))];
  }

  /** A key that no other case uses. */
  key(name = 'key'): string {
    return `conformance-${this.space} ${name}`;
  }

  /** Lets real time pass. */
  pass(ms: number): Promise<void> {
    return sleep(ms, systemClock);
  }

  /** Real time, in ms; of two instants the difference counts. */
  now(): number {
    return systemClock.now();
  }

  /** Looks again until `check` no longer throws; then the last failure is the case's. */
  async eventually(what: string, check: () => void | Promise<void>, withinMs = 0): Promise<void> {
    await eventually(what, check, withinMs + SLACK_MS);
  }

  /** Closes all stores. */
  async close(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
    this.letSleep();
  }
}

/** Names that a backend could mistake for something else. */
export const ODD_NAMES: readonly string[] = [
  '',
  'a',
  'A',
  'a b',
  'a:b',
  'a/b',
  '{a}',
  '{a}b',
  '*',
  'ä €',
  '%61',
  '__proto__',
  'x'.repeat(1_000),
];

/** Fails unless `closed` refuses with WEFT_CLOSED. */
export async function assertClosed(closed: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const operation of closed) await assert.rejects(operation(), { code: 'WEFT_CLOSED' });
}
