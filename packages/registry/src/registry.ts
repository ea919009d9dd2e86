import { EventEmitter, setMaxListeners } from 'node:events';
import { type RegistryDriver, type RegistrySupport, tell, WeftError } from '@weft/core';
import { bounded } from '@weft/resilience';
import type { HeldRegistration } from './held-registration.js';
import { newestInstances } from './newest-instances.js';
import { Refusals } from './refusals.js';
import type { Registration } from './registration.js';
import { Registrations } from './registrations.js';
import { createContext, type RegistryContext } from './registry-context.js';
import type { RegistryEvents, RegistryOptions } from './registry-options.js';
import { Removals, type RemovedRecord } from './removals.js';
import { wantingTraffic } from './rotation.js';
import { descriptionOf, type ServiceInfo, type ServiceSource } from './service-info.js';
import type { ServiceView, ViewOptions } from './service-view.js';
import { ServiceViews } from './service-views.js';
import type { ServiceEvent } from './service-watch.js';
import { ServiceWatches } from './service-watches.js';
import { SnapshotFile } from './snapshot-file.js';

const CLOSE_MS = 2_000;

/** How well the lists that are held serve (S206). */
export interface CacheStats {
  /** Services that are followed. */
  readonly services: number;
  /** Instances in their lists. */
  readonly instances: number;
  /** Reads that a held list answered. */
  readonly hits: number;
  /** Reads that waited for a first list. */
  readonly misses: number;
}

/** Announces and finds instances over any driver: stays registered and follows for ever, and keeps the last good list. */
export class Registry extends EventEmitter<RegistryEvents> {
  /** What the driver can do. */
  readonly supports: RegistrySupport;
  private readonly context: RegistryContext;
  private readonly refusals: Refusals;
  private readonly removals: Removals;
  private readonly snapshot: SnapshotFile | undefined;
  private readonly registrations: Registrations;
  private readonly views: ServiceViews;
  private readonly watches: ServiceWatches;
  private readonly stopping = new AbortController();
  private readonly counts = { hits: 0, misses: 0 };
  private closing: Promise<void> | undefined;

  /** @throws WEFT_CONFIG_INVALID for a bad option or a TTL below the driver's smallest */
  constructor(driver: RegistryDriver, options: RegistryOptions = {}) {
    super();
    setMaxListeners(0, this, this.stopping.signal);
    this.supports = driver.supports;
    this.context = createContext(driver, options, (event, payload) => tell(this, event, payload, this.context.logger));
    this.refusals = new Refusals(this.context);
    this.removals = new Removals(this.context);
    this.snapshot = options.snapshotFile === undefined ? undefined : new SnapshotFile(options.snapshotFile, this.context);
    const { refusals, removals, snapshot } = this;
    const onSeen = (seen: ServiceInfo) => this.registrations.compare(seen);
    this.views = new ServiceViews(this.context, { refusals, removals, snapshot, onSeen });
    this.watches = new ServiceWatches(this.views);
    this.registrations = new Registrations(this.context, {
      onAsserted: (info, isNews) => {
        this.removals.forget(info);
        if (isNews) this.views.find(info.name)?.applyOwn({ put: info });
      },
      onEnded: ({ info }) => this.views.find(info.name)?.applyOwn({ removed: info }),
      onRemoved: (info) => this.removed(info),
    });
  }

  /** Upper bound from a change to the watchers that see it, in ms. */
  get propagationMs(): number {
    return this.supports.propagationMs;
  }

  /**
   * Registers an instance and keeps it registered. Resolves when the backend has taken it for the first time; when that
   * does not come about within `timeout`, nothing stays behind.
   * @throws WEFT_INVALID_ARGUMENT @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_CONFLICT @throws WEFT_CLOSED
   */
  async register(service: ServiceSource): Promise<ServiceInfo> {
    this.refuseWhenClosed();
    const before = this.registrations.find(service);
    const registration = this.registrations.hold(service);
    try {
      await this.assertion(registration);
      return registration.info;
    } catch (error) {
      if (registration !== before) void registration.withdraw();
      throw error;
    }
  }

  /**
   * Keeps an instance registered in the background, from now on and for ever; returns at once.
   * @throws WEFT_INVALID_ARGUMENT @throws WEFT_CLOSED
   */
  announce(service: ServiceSource): Registration {
    this.refuseWhenClosed();
    return this.registrations.hold(service);
  }

  /**
   * Publishes the changed version, metadata, status, weight, tags, zone or address of something registered here.
   * @throws WEFT_INVALID_ARGUMENT @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_CONFLICT @throws WEFT_CLOSED
   */
  async update(service: ServiceSource): Promise<ServiceInfo> {
    this.refuseWhenClosed();
    const registration = this.registrations.find(service);
    if (!registration) {
      const { name, id } = descriptionOf(service);
      throw new WeftError('WEFT_INVALID_ARGUMENT', `service.id: "${id ?? name}" is not registered here; register it first`);
    }
    registration.update(descriptionOf(service));
    await this.assertion(registration);
    return registration.info;
  }

  /**
   * Removes an instance, whoever registered it, given as it was registered, as it was listed, or by its id. Idempotent.
   * Who reads after that through this registry does not find it, however late the backend is to show it.
   * @throws WEFT_REGISTRY_UNAVAILABLE when it was not registered here and the backend does not answer
   * @throws WEFT_CLOSED
   */
  async deregister(service: ServiceSource | string): Promise<void> {
    this.refuseWhenClosed();
    const registration = this.registrations.find(service);
    if (registration) return registration.withdraw();
    if (typeof service === 'string') {
      for (const info of await this.listAll()) if (info.id === service) await this.remove(info);
      return;
    }
    const record = this.registrations.recordOf(service);
    if (record) await this.remove(record);
  }

  /**
   * The instances that want traffic: status `up`, and no suspects while there are others. Waits up to `timeout` for the first list, then answers from the list
   * that is held, however old.
   * @throws WEFT_REGISTRY_UNAVAILABLE when no list has ever arrived
   * @throws WEFT_CLOSED
   */
  async getInstances(name: string): Promise<readonly ServiceInfo[]> {
    const { known, error, ...choice } = await this.read(name);
    if (!known) throw this.noList(name, error);
    return wantingTraffic(choice);
  }

  /** Same as `getInstances`. @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_CLOSED */
  getServices(name: string): Promise<readonly ServiceInfo[]> {
    return this.getInstances(name);
  }

  /** Same as `getInstances`: the origin's word. @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_CLOSED */
  discover(name: string): Promise<readonly ServiceInfo[]> {
    return this.getInstances(name);
  }

  /**
   * One instance that wants traffic, the next one at each call.
   * @throws WEFT_NO_INSTANCE when there is none; its cause is the registry's error when that is why
   * @throws WEFT_CLOSED
   */
  async getService(name: string): Promise<ServiceInfo> {
    const { known, error, ...choice } = await this.read(name);
    if (!known) {
      throw new WeftError('WEFT_NO_INSTANCE', `no instance of "${name}" is known: the registry does not answer`, {
        cause: this.noList(name, error),
      });
    }
    return this.views.rotation(name).pick(choice, error);
  }

  /** Same as `getService`: the origin's word. @throws WEFT_NO_INSTANCE @throws WEFT_CLOSED */
  discoverOne(name: string): Promise<ServiceInfo> {
    return this.getService(name);
  }

  /** All instances of all services, of every status, by name and id. @throws WEFT_REGISTRY_UNAVAILABLE @throws WEFT_CLOSED */
  async listServices(): Promise<readonly ServiceInfo[]> {
    const askedAt = this.context.clock.now();
    const all = await this.listAll();
    return all.filter((info) => this.removals.doubtedUntil(info, askedAt) === undefined);
  }

  /**
   * What happens to a service from now on: a snapshot as soon as a list has arrived, then every change with the full list.
   * Ends when the signal is aborted, at `stopWatch(name)` and at `close()`. Many watches of a service cost one upstream.
   * @throws WEFT_CLOSED
   */
  watch(name: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncIterable<ServiceEvent> {
    this.refuseWhenClosed();
    return {
      [Symbol.asyncIterator]: () => {
        this.refuseWhenClosed();
        return this.watches.begin(name, signal);
      },
    };
  }

  /** Ends all watches of a service. */
  async stopWatch(name: string): Promise<void> {
    this.watches.stop(name);
  }

  /** What is known about a service, kept up to date until it is released; what a client lives on. @throws WEFT_CLOSED */
  view(name: string, options: ViewOptions = {}): ServiceView {
    this.refuseWhenClosed();
    return this.views.open(name, options).view;
  }

  /** How well the lists that are held serve. */
  getCacheStats(): CacheStats {
    const upstreams = this.views.all();
    return {
      services: upstreams.length,
      instances: upstreams.reduce((sum, { instances }) => sum + instances.length, 0),
      ...this.counts,
    };
  }

  /** Forgets the lists of services that nobody looks at; lists the others anew. */
  clearCache(): void {
    this.views.clear();
  }

  /** Ends all watches and views, withdraws what is registered here (within 2 s), closes the driver. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.stopping.abort(closed());
    this.watches.close();
    this.views.close();
    await Promise.all([this.registrations.withdrawAll(), this.snapshot?.close()]);
    const { driver, logger } = this.context;
    const bound = { ...this.context, what: 'closing the driver', timeoutMs: CLOSE_MS, isAwaited: true };
    await bounded(() => driver.close(), bound).catch((error: unknown) =>
      logger.warn('the registry driver did not close', { error }),
    );
  }

  /** The state of a service once a list is there, or `timeout` has passed without one. */
  private async read(name: string): Promise<Pick<ServiceView, 'known' | 'instances' | 'suspects' | 'error'>> {
    const view = this.view(name);
    try {
      this.counts[view.known ? 'hits' : 'misses']++;
      const known = view.known || (await view.ready(this.context.timeoutMs));
      if (!known) this.refuseWhenClosed();
      return { known, instances: view.instances, suspects: view.suspects, error: view.error };
    } finally {
      view.release();
    }
  }

  private noList(name: string, cause: WeftError | undefined): WeftError {
    const message = `no list of "${name}" has arrived within ${this.context.timeoutMs} ms`;
    return cause ?? new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
  }

  private async listAll(): Promise<readonly ServiceInfo[]> {
    this.refuseWhenClosed();
    const { driver } = this.context;
    const records = await this.bounded('listing all services', (signal) => driver.list(undefined, { signal }));
    return newestInstances(records.map((record) => this.refusals.check(record)).filter((info) => info !== undefined));
  }

  private async assertion(registration: HeldRegistration): Promise<void> {
    const what = `registering "${registration.info.id}"`;
    await bounded(() => registration.asserted(), { ...this.context, what, isAwaited: true }).catch((error: unknown) => {
      throw registration.error && WeftError.from(error).code === 'WEFT_REGISTRY_UNAVAILABLE' ? registration.error : error;
    });
  }

  private async remove(record: RemovedRecord): Promise<void> {
    await this.bounded(`removing "${record.id}"`, (signal) => this.context.driver.remove(record, { signal }));
    this.removed(record);
  }

  /** The backend has removed it: whoever reads from now on must not find it. */
  private removed(record: RemovedRecord): void {
    this.removals.add(record);
    this.views.find(record.name)?.applyOwn({ removed: record });
  }

  private bounded<T>(what: string, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return bounded(operation, { ...this.context, what, isAwaited: true, signal: this.stopping.signal });
  }

  private refuseWhenClosed(): void {
    if (this.stopping.signal.aborted) throw closed();
  }
}

function closed(): WeftError {
  return new WeftError('WEFT_CLOSED', 'the registry is closed');
}
