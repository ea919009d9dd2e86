import type { DriverTemplate } from './driver-template.js';

const index = `import type { Driver, RegistryDriver } from '@weft/core';
import { z } from 'zod';
import { FooRegistry } from './foo-registry.js';

/** Options of the registry driver \`foo\`. */
export interface FooRegistryOptions {
  /** Which backend is meant: all who open the same one see each other. Default \`default\`. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/foo': FooRegistryOptions;
  }
}

const schema: z.ZodType<FooRegistryOptions> = z.strictObject({
  address: z.string().min(1).optional(),
});

/** Opens a registry. */
export async function openFooRegistry({ address = 'default' }: FooRegistryOptions = {}): Promise<RegistryDriver> {
  return new FooRegistry(address);
}

/** The driver \`foo\` of the slot \`registry\`. */
const driver: Driver<'registry', FooRegistryOptions> = {
  contract: 1,
  slot: 'registry',
  name: 'foo',
  options: schema,
  async open(options) {
    const value = await openFooRegistry(options);
    return { value, stop: () => value.close() };
  },
};

export default driver;
`;

const mapping = `import {
  type OperationOptions,
  type RegistryDriver,
  type RegistryEvent,
  type ServiceInstance,
  systemClock,
  type Timer,
  WeftError,
} from '@weft/core';

/**
 * Stands in for the backend until there is one: texts under keys, each for the time of its lease. Put the calls of your
 * client library in its place; what \`FooRegistry\` makes of them stays.
 */
class Backend {
  readonly texts = new Map<string, string>();
  readonly watchers = new Set<(key: string) => void>();
  private readonly leases = new Map<string, Timer>();

  put(key: string, text: string, ttlMs: number): void {
    this.leases.get(key)?.cancel();
    this.leases.set(
      key,
      systemClock.setTimer(ttlMs, () => this.delete(key)),
    );
    if (this.texts.get(key) === text) return;
    this.texts.set(key, text);
    this.tell(key);
  }

  delete(key: string): void {
    this.leases.get(key)?.cancel();
    this.leases.delete(key);
    if (this.texts.delete(key)) this.tell(key);
  }

  private tell(key: string): void {
    for (const watcher of this.watchers) watcher(key);
  }
}

const backends = new Map<string, Backend>();

/** One opener's side of the registry: records as JSON under keys of service and id. */
export class FooRegistry implements RegistryDriver {
  readonly supports = { propagationMs: 0, ttlGranularityMs: 1, minTtlMs: 50, multiProcess: false };
  private readonly closing = new AbortController();
  private readonly backend: Backend;

  constructor(address: string) {
    this.backend = backends.get(address) ?? new Backend();
    backends.set(address, this.backend);
  }

  async put(self: ServiceInstance, { ttlMs }: { readonly ttlMs: number }): Promise<{ readonly ttlMs: number }> {
    this.refuseWhenClosed();
    const held = this.read(keyOf(self));
    if (held && held.incarnation > self.incarnation) {
      throw new WeftError('WEFT_CONFLICT', \`a newer instance holds the id "\${self.id}"\`);
    }
    this.backend.put(keyOf(self), JSON.stringify(self), ttlMs);
    return { ttlMs };
  }

  async remove(self: { readonly name: string; readonly id: string; readonly incarnation?: string }): Promise<void> {
    this.refuseWhenClosed();
    const held = this.read(keyOf(self));
    if (held && (self.incarnation ?? held.incarnation) === held.incarnation) this.backend.delete(keyOf(self));
  }

  async list(name: string | undefined): Promise<readonly ServiceInstance[]> {
    this.refuseWhenClosed();
    const keys = [...this.backend.texts.keys()].filter((key) => isOf(key, name));
    return keys.flatMap((key) => this.read(key) ?? []);
  }

  /** A reader that is slow gets only the newest change of each record. */
  async *watch(name: string | undefined, { signal }: OperationOptions): AsyncGenerator<RegistryEvent> {
    this.refuseWhenClosed();
    const ended = AbortSignal.any([signal, this.closing.signal]);
    const changed = new Set<string>();
    let wake = () => {};
    const watcher = (key: string) => {
      if (isOf(key, name)) changed.add(key);
      wake();
    };
    ended.addEventListener('abort', () => wake(), { once: true });
    this.backend.watchers.add(watcher);
    try {
      yield { list: await this.list(name) };
      while (!ended.aborted) {
        const [key] = changed;
        if (key === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else {
          changed.delete(key);
          yield this.eventOf(key);
        }
      }
    } finally {
      this.backend.watchers.delete(watcher);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  private eventOf(key: string): RegistryEvent {
    const put = this.read(key);
    return put ? { put } : { removed: selfOf(key) };
  }

  private read(key: string): ServiceInstance | undefined {
    const text = this.backend.texts.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as ServiceInstance);
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the registry "foo" is closed');
  }
}

function keyOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return [name, id].map(encodeURIComponent).join('/');
}

function selfOf(key: string): { readonly name: string; readonly id: string } {
  const [name = '', id = ''] = key.split('/').map(decodeURIComponent);
  return { name, id };
}

function isOf(key: string, name: string | undefined): boolean {
  return name === undefined || selfOf(key).name === name;
}
`;

/** A registry driver that keeps its records in the process. */
export const registryTemplate: DriverTemplate = {
  description: 'Registry driver foo.',
  index,
  mapping,
  opens: 'openFooRegistry',
  suite: 'registrySuite',
  target: `{
    name: 'registry-foo',
    open: () => openFooRegistry({ address: 'conformance' }),
  }`,
  example: `import assert from 'node:assert/strict';
import { openFooRegistry } from '{{package}}';

const registry = await openFooRegistry({ address: 'readme' });
const { signal } = new AbortController();
assert.deepEqual(await registry.list('users', { signal }), []);
await registry.close();`,
  options: '| `address` | `default` | Which backend is meant: all who open the same one see each other |',
};
