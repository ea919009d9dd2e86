import { setMaxListeners } from 'node:events';
import {
  type Clock,
  type OperationOptions,
  type RegistryDriver,
  type RegistryEvent,
  type ServiceInstance,
  WeftError,
} from '@weft/core';
import { leaveStore, type MemoryStore, type StoreListener } from './memory-store.js';

/** One opener's side of a store. */
export class MemoryRegistry implements RegistryDriver {
  readonly supports = { propagationMs: 0, ttlGranularityMs: 1, minTtlMs: 50, multiProcess: false };
  private readonly closing = new AbortController();

  constructor(
    private readonly store: MemoryStore,
    private readonly clock: Clock,
  ) {
    setMaxListeners(0, this.closing.signal);
  }

  async put(self: ServiceInstance, { ttlMs }: { readonly ttlMs: number }): Promise<{ readonly ttlMs: number }> {
    this.refuseWhenClosed();
    this.store.put(self, ttlMs, this.clock);
    return { ttlMs };
  }

  async remove(self: { readonly name: string; readonly id: string; readonly incarnation?: string }): Promise<void> {
    this.refuseWhenClosed();
    this.store.remove(self);
  }

  async list(name: string | undefined): Promise<readonly ServiceInstance[]> {
    this.refuseWhenClosed();
    return this.store.list(name);
  }

  /** A reader that is slow gets only the newest change of each record. */
  async *watch(name: string | undefined, { signal }: OperationOptions): AsyncGenerator<RegistryEvent> {
    this.refuseWhenClosed();
    const changed = new Map<string, RegistryEvent>();
    let wake = () => {};
    const onChange: StoreListener = (event, service, id) => {
      if (name !== undefined && service !== name) return;
      changed.set(`${service}\n${id}`, event);
      wake();
    };
    const onEnd = () => wake();
    this.store.listeners.add(onChange);
    signal.addEventListener('abort', onEnd);
    this.closing.signal.addEventListener('abort', onEnd);
    try {
      yield { list: this.store.list(name) };
      while (!signal.aborted && !this.closing.signal.aborted) {
        const [first] = changed;
        if (first) {
          changed.delete(first[0]);
          yield first[1];
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      this.store.listeners.delete(onChange);
      signal.removeEventListener('abort', onEnd);
      this.closing.signal.removeEventListener('abort', onEnd);
    }
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    leaveStore(this.store);
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the memory registry is closed');
  }
}
