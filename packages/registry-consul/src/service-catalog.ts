import { type ConsulAnswer, type ConsulBackend, type ConsulRequest, hidden, listIn } from '@weft/backend-consul';
import type { ServiceInstance } from '@weft/core';
import { fromConsulName, toConsulName } from './consul-names.js';
import { entriesOfNodes, isEntry, type NodeEntry, toInstance } from './service-entry.js';
import { type ServiceView, type ViewedInstance, viewed, viewOf } from './service-view.js';

/** What Consul runs itself. */
const CONSUL = 'consul';

/** What one element of an answer shows: a place for each service, that of one which is not looked for is empty. */
type Shown = readonly (ViewedInstance | undefined)[];

/** What the catalog of a cluster shows of the services whose names begin with a prefix. */
export class ServiceCatalog {
  constructor(
    private readonly backend: ConsulBackend,
    private readonly prefix: string,
  ) {}

  /** The instances of a service, or of all, as they are now. */
  async read(name: string | undefined, signal: AbortSignal): Promise<ServiceView> {
    const query = this.query(name, signal);
    let answer = await this.backend.read(query);
    if (!(await this.believes(name, answer, signal))) answer = await this.backend.read(query);
    return seenIn(answer);
  }

  /** The same now, and again whenever it may have changed. */
  async *follow(name: string | undefined, signal: AbortSignal): AsyncGenerator<ServiceView> {
    let now: ServiceView | undefined;
    const believes = (answer: ConsulAnswer) => this.believes(name, answer, signal);
    const query = this.query(name, signal, () => now);
    for await (const answer of this.backend.follow(query, believes)) {
      now = seenIn(answer);
      yield now;
    }
  }

  /** The instance that Consul knows under an id of its own, wherever it is registered, as the leader says. */
  async find(name: string, consulId: string, signal: AbortSignal): Promise<ServiceInstance | undefined> {
    const query = { ...this.query(name, signal), query: { filter: `Service.ID == "${consulId}"` } };
    const [first] = seenIn(await this.backend.request(query)).values();
    return first?.instance;
  }

  private query(name: string | undefined, signal: AbortSignal, before = (): ServiceView | undefined => undefined): ConsulRequest {
    if (name === undefined) {
      const each = (node: unknown) =>
        this.shownBy(entriesOfNodes([node as NodeEntry]), (service) => service !== CONSUL, before());
      return { what: 'listing all services', path: ['internal', 'ui', 'nodes'], each, signal };
    }
    const wanted = toConsulName(this.prefix + name);
    const each = (entry: unknown) => this.shownBy([entry], (service) => service === wanted, before());
    return { what: `listing "${name}"`, path: ['health', 'service', wanted], each, signal };
  }

  private shownBy(entries: readonly unknown[], isWanted: (service: string) => boolean, before: ServiceView | undefined): Shown {
    return entries.filter(isEntry).map((entry) => {
      const { Kind, Service } = entry.Service;
      const isOurs = !Kind && isWanted(Service) && fromConsulName(Service).startsWith(this.prefix);
      const instance = isOurs ? toInstance(entry, this.prefix) : undefined;
      return instance && viewed(instance, before);
    });
  }

  private believes(name: string | undefined, answer: ConsulAnswer, signal: AbortSignal): Promise<boolean> {
    const size = name === undefined ? placesIn(answer) : listIn(answer).length;
    return this.backend.rights.believes(`service ${name ?? ''}`, size, () => this.confirmRights(name, answer, signal));
  }

  /** @throws WEFT_PERMISSION_DENIED when a list is empty because the token may not read it */
  private async confirmRights(name: string | undefined, { about }: ConsulAnswer, signal: AbortSignal): Promise<void> {
    // Every cluster has a node, and Consul itself is a service on it: who sees neither may not.
    if (name === undefined) throw hidden(about, 'node:read and service:read');
    const { what } = about;
    const consulName = toConsulName(this.prefix + name);
    const path = ['agent', 'health', 'service', 'name', consulName];
    await this.backend.request({ what, path, accept: [404, 429, 503], signal });
    const { body } = await this.backend.read({ what, path: ['catalog', 'services'], signal });
    if (!Object.hasOwn(body ?? {}, consulName)) return;
    const again = await this.backend.read(this.query(name, signal));
    if (placesIn(again) === 0) throw hidden(about, 'node:read');
  }
}

function shownIn(answer: ConsulAnswer): readonly Shown[] {
  return listIn(answer) as readonly Shown[];
}

/** How many services are there, looked for or not. */
function placesIn(answer: ConsulAnswer): number {
  return shownIn(answer).reduce((sum, { length }) => sum + length, 0);
}

function seenIn(answer: ConsulAnswer): ServiceView {
  return viewOf(shownIn(answer).flatMap((shown) => shown.filter((seen) => seen !== undefined)));
}
