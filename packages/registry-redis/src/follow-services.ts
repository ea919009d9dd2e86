import type { RegistryEvent } from '@weft/core';
import type { ServiceTable } from './service-table.js';
import { ServicesView, type ViewOptions } from './services-view.js';

/**
 * A service, or all: first a list, then what is told on its channel. A message that does not follow the one before, an
 * unexpected number of records, a version that nobody told of: each makes it list again. Expired records are removed by
 * whoever looks first, and told by the same channel.
 * @throws WEFT_REGISTRY_UNAVAILABLE when the connection is lost
 */
export async function* followServices(
  table: ServiceTable,
  name: string | undefined,
  options: ViewOptions,
): AsyncGenerator<RegistryEvent> {
  const { signal } = options;
  try {
    const subscription = await table.subscribe(name, { signal, isPatient: true });
    try {
      const view = new ServicesView(table, name, options);
      yield { list: await view.list() };
      while (!subscription.isClosed) {
        const messages = await subscription.take(view.lookInMs());
        if (subscription.isClosed) return;
        yield* await view.events(messages);
      }
    } finally {
      subscription.close();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
