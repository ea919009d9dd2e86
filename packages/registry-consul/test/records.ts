import type { RegistryDriver, RegistryEvent, ServiceInstance } from '@weft/core';

/** Never aborted. */
export const { signal } = new AbortController();

/** A record of `orders`. */
export function record(change: Partial<ServiceInstance> = {}): ServiceInstance {
  return {
    id: 'orders-1',
    name: 'orders',
    version: '1.2.0',
    host: '10.0.0.1',
    endpoints: [{ protocol: 'http', port: 8080 }],
    status: 'up',
    incarnation: '0mabcdefg-1',
    weight: 1,
    tags: [],
    metadata: {},
    ...change,
  };
}

/** Follows a service until `end` is called, collecting what is told. */
export function follow(driver: RegistryDriver, name: string | undefined) {
  const control = new AbortController();
  const events: RegistryEvent[] = [];
  const failures: unknown[] = [];
  const done = (async () => {
    for await (const event of driver.watch(name, { signal: control.signal })) events.push(event);
  })().catch((error: unknown) => void failures.push(error));
  return {
    events,
    failures,
    async end() {
      control.abort();
      await done;
    },
  };
}
