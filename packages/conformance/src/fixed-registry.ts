import type { RegistryDriver, ServiceInstance } from '@weft/core';

/** A registry driver whose content a test sets. */
export interface FixedRegistry extends RegistryDriver {
  /** Replaces everything that is registered, and tells the watchers. */
  set(instances: readonly ServiceInstance[]): void;
  /** From now on every operation rejects with this error; undefined = answers again. */
  fail(error: Error | undefined): void;
}

/** A registry that holds what it is given. */
export function fixedRegistry(initial: readonly ServiceInstance[] = []): FixedRegistry {
  let held = initial;
  let failure: Error | undefined;
  const wakeUps = new Set<() => void>();
  const wake = () => {
    for (const wakeUp of wakeUps) wakeUp();
  };
  const answer = async (name: string | undefined) => {
    if (failure) throw failure;
    return held.filter((instance) => name === undefined || instance.name === name);
  };
  return {
    supports: { propagationMs: 0, ttlGranularityMs: 1, minTtlMs: 1, multiProcess: false },
    async put(self, { ttlMs }) {
      if (failure) throw failure;
      held = [...held.filter(({ id }) => id !== self.id), self];
      wake();
      return { ttlMs };
    },
    async remove({ id }) {
      if (failure) throw failure;
      held = held.filter((instance) => instance.id !== id);
      wake();
    },
    list: (name) => answer(name),
    async *watch(name, { signal }) {
      while (!signal.aborted) {
        const changed = new Promise<void>((resolve) => {
          wakeUps.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        yield { list: await answer(name) };
        await changed;
      }
    },
    async close() {},
    set(instances) {
      held = instances;
      wake();
    },
    fail(error) {
      failure = error;
      wake();
    },
  };
}

/** A complete record for tests: `http` on 127.0.0.1, up; `change` replaces members. */
export function instanceRecord(id: string, change: Partial<ServiceInstance> = {}): ServiceInstance {
  return {
    id,
    name: 'users',
    version: '1.0.0',
    host: '127.0.0.1',
    endpoints: [{ protocol: 'http', port: 8_000 }],
    status: 'up',
    incarnation: '1',
    weight: 1,
    tags: [],
    metadata: {},
    ...change,
  };
}
