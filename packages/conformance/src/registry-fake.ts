import { isDeepStrictEqual } from 'node:util';
import {
  type Clock,
  type OperationOptions,
  type RecordLease,
  type RegistryDriver,
  type RegistryEvent,
  type RegistrySupport,
  type ServiceInstance,
  sleep,
  type WeftError,
} from '@weft/core';

/** One operation that reached a `FakeRegistry`. */
export interface FakeRegistryCall {
  readonly operation: 'put' | 'remove' | 'list' | 'watch';
  /** Id of the record, or name of the service. */
  readonly of: string;
  /** When it came, on the clock of the fake. */
  readonly at: number;
}

interface Stream {
  readonly name: string | undefined;
  readonly events: RegistryEvent[];
  failure: { readonly error: WeftError | undefined } | undefined;
  wake: () => void;
}

/** A registry driver for tests of what stands on top of one: it fails, hangs and lies as it is told. Holds records for ever. */
export class FakeRegistry implements RegistryDriver {
  supports: RegistrySupport = { propagationMs: 0, ttlGranularityMs: 1, minTtlMs: 1, multiProcess: false };
  /** What every operation rejects with, watches that are open included once `breakStreams` is called. */
  failure: WeftError | undefined;
  /** Whether operations never answer and ignore their signal. */
  isSilent = false;
  /** How long an operation takes, in ms. */
  latencyMs = 0;
  /** Whether `close` was called. */
  isClosed = false;
  /** What `put` gives as `lost`. */
  lost: AbortSignal | undefined;
  /** Every operation, oldest first. */
  readonly calls: FakeRegistryCall[] = [];
  /** What it holds, by id. Changed directly, no stream is told. */
  readonly records = new Map<string, ServiceInstance>();
  private readonly streams = new Set<Stream>();

  constructor(private readonly clock: Clock) {}

  async put(self: ServiceInstance, { ttlMs }: OperationOptions & { readonly ttlMs: number }): Promise<RecordLease> {
    await this.answer('put', self.id);
    const held = this.records.get(self.id);
    this.records.set(self.id, self);
    if (!held || !isDeepStrictEqual(held, self)) this.emit({ put: self }, self.name);
    return { ttlMs, lost: this.lost };
  }

  async remove({
    name,
    id,
    incarnation,
  }: {
    readonly name: string;
    readonly id: string;
    readonly incarnation?: string;
  }): Promise<void> {
    await this.answer('remove', id);
    const held = this.records.get(id);
    if (!held || (incarnation !== undefined && held.incarnation !== incarnation)) return;
    this.records.delete(id);
    this.emit({ removed: { name, id } }, name);
  }

  async list(name: string | undefined): Promise<readonly ServiceInstance[]> {
    const records = this.of(name);
    await this.answer('list', name ?? '*');
    return records;
  }

  async *watch(name: string | undefined, { signal }: OperationOptions): AsyncGenerator<RegistryEvent> {
    await this.answer('watch', name ?? '*');
    const stream: Stream = { name, events: [{ list: this.of(name) }], failure: undefined, wake: () => {} };
    this.streams.add(stream);
    signal.addEventListener('abort', () => stream.wake(), { once: true });
    try {
      while (!signal.aborted) {
        const event = stream.events.shift();
        if (event) yield event;
        else if (stream.failure?.error) throw stream.failure.error;
        else if (stream.failure) return;
        else {
          await new Promise<void>((resolve) => {
            stream.wake = resolve;
          });
        }
      }
    } finally {
      this.streams.delete(stream);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.breakStreams();
  }

  /** Tells the open streams of a service. */
  emit(event: RegistryEvent, name: string): void {
    for (const stream of this.streams) {
      if (stream.name !== undefined && stream.name !== name) continue;
      stream.events.push(event);
      stream.wake();
    }
  }

  /** Ends every open stream, with an error if one is given. */
  breakStreams(error?: WeftError): void {
    for (const stream of this.streams) {
      stream.failure = { error };
      stream.wake();
    }
  }

  /** How many streams are open. */
  openStreams(): number {
    return this.streams.size;
  }

  /** How often an operation was called. */
  count(operation: FakeRegistryCall['operation']): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  private of(name: string | undefined): ServiceInstance[] {
    return [...this.records.values()].filter((record) => name === undefined || record.name === name);
  }

  private async answer(operation: FakeRegistryCall['operation'], of: string): Promise<void> {
    this.calls.push({ operation, of, at: this.clock.now() });
    if (this.isSilent) await new Promise(() => {});
    if (this.latencyMs > 0) await sleep(this.latencyMs, this.clock);
    if (this.failure) throw this.failure;
  }
}
