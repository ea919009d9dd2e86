import { setMaxListeners } from 'node:events';
import type { ServiceViews } from './service-views.js';
import { ServiceWatch } from './service-watch.js';

/** Every watch that a `Registry` has open, by service. */
export class ServiceWatches {
  private readonly open = new Map<string, Set<ServiceWatch>>();

  constructor(private readonly views: ServiceViews) {}

  /** Begins a watch. It holds the service's upstream until it ends. */
  begin(name: string, signal: AbortSignal | undefined): ServiceWatch {
    const { upstream, view } = this.views.open(name);
    const ofName = this.open.get(name) ?? new Set();
    this.open.set(name, ofName);
    const onAbort = () => watch.end();
    const watch: ServiceWatch = new ServiceWatch(upstream, () => {
      signal?.removeEventListener('abort', onAbort);
      ofName.delete(watch);
      if (ofName.size === 0 && this.open.get(name) === ofName) this.open.delete(name);
      view.release();
    });
    ofName.add(watch);
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) watch.end();
    return watch;
  }

  /** Ends all watches of a service. */
  stop(name: string): void {
    for (const watch of [...(this.open.get(name) ?? [])]) watch.end();
  }

  /** Ends all. */
  close(): void {
    for (const name of [...this.open.keys()]) this.stop(name);
  }
}
