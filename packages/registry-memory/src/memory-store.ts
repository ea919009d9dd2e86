import { isDeepStrictEqual } from 'node:util';
import { type Clock, type RegistryEvent, type ServiceInstance, type Timer, WeftError } from '@weft/core';

/** Hears of every change of the store. */
export type StoreListener = (event: Exclude<RegistryEvent, { list: unknown }>, name: string, id: string) => void;

interface Entry {
  readonly instance: ServiceInstance;
  readonly expiry: Timer;
}

/** The records of one address, shared by all who opened it. */
export class MemoryStore {
  /** How many have it open. */
  openers = 0;
  /** Whoever follows it. */
  readonly listeners = new Set<StoreListener>();
  private readonly entries = new Map<string, Entry>();

  constructor(
    /** Under which it is found. */
    readonly address: string,
  ) {}

  /** Holds a copy of the record for `ttlMs`. An unchanged one is no event. @throws WEFT_CONFLICT */
  put(self: ServiceInstance, ttlMs: number, clock: Clock): void {
    const key = keyOf(self);
    const held = this.entries.get(key);
    if (held && held.instance.incarnation > self.incarnation) {
      throw new WeftError('WEFT_CONFLICT', `"${self.id}" of "${self.name}" is held by a newer instance`);
    }
    held?.expiry.cancel();
    const isNews = !held || !isDeepStrictEqual(held.instance, self);
    const instance = held && !isNews ? held.instance : structuredClone(self);
    this.entries.set(key, { instance, expiry: clock.setTimer(ttlMs, () => this.remove(self)) });
    if (isNews) this.tell({ put: instance }, instance);
  }

  /** Drops a record, unless it is of another incarnation than the given one. */
  remove(self: { readonly name: string; readonly id: string; readonly incarnation?: string }): void {
    const held = this.entries.get(keyOf(self));
    if (!held || (self.incarnation !== undefined && self.incarnation !== held.instance.incarnation)) return;
    held.expiry.cancel();
    this.entries.delete(keyOf(self));
    this.tell({ removed: held.instance }, held.instance);
  }

  /** The records of a service, or all of them. */
  list(name: string | undefined): ServiceInstance[] {
    const instances = Array.from(this.entries.values(), ({ instance }) => instance);
    return name === undefined ? instances : instances.filter((instance) => instance.name === name);
  }

  /** Drops everything without a word. */
  clear(): void {
    for (const { expiry } of this.entries.values()) expiry.cancel();
    this.entries.clear();
  }

  private tell(event: Parameters<StoreListener>[0], { name, id }: ServiceInstance): void {
    for (const listener of this.listeners) listener(event, name, id);
  }
}

const key = Symbol.for('weft.registry-memory.stores');
const shared = globalThis as typeof globalThis & { [key]?: Map<string, MemoryStore> };
shared[key] ??= new Map();
const stores = shared[key];

/** The store of an address, made by the first who asks: one per process, whatever number of copies of this package. */
export function joinStore(address: string): MemoryStore {
  const store = stores.get(address) ?? new MemoryStore(address);
  stores.set(address, store);
  store.openers++;
  return store;
}

/** Gives the store back; the last one drops it. */
export function leaveStore(store: MemoryStore): void {
  store.openers--;
  if (store.openers > 0) return;
  store.clear();
  stores.delete(store.address);
}

function keyOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name}\n${id}`;
}
