import { setImmediate } from 'node:timers/promises';
import { type ConsulAnswer, type ConsulBackend, type ConsulRequest, hidden, listIn } from '@weft/backend-consul';
import type { ServiceInstance } from '@weft/core';
import { fromConsulName, toConsulName } from './consul-names.js';
import { entriesOfNodes, isEntry, type NodeEntry, type ServiceEntry, toInstance } from './service-entry.js';
import { type ServiceView, viewOf } from './service-view.js';

const MANY = 1_000;
/** What Consul runs itself. */
const CONSUL = 'consul';

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
    return this.view(name, answer);
  }

  /** The same now, and again whenever it may have changed. */
  async *follow(name: string | undefined, signal: AbortSignal): AsyncGenerator<ServiceView> {
    const believes = (answer: ConsulAnswer) => this.believes(name, answer, signal);
    for await (const answer of this.backend.follow(this.query(name, signal), believes)) yield this.view(name, answer);
  }

  /** The instance that Consul knows under an id of its own, wherever it is registered, as the leader says. */
  async find(name: string, consulId: string, signal: AbortSignal): Promise<ServiceInstance | undefined> {
    const query = { ...this.query(name, signal), query: { filter: `Service.ID == "${consulId}"` } };
    const entries = entriesOf(await this.backend.request(query), name);
    const [first] = viewOf(instancesOf(entries, name, this.prefix)).values();
    return first?.instance;
  }

  private query(name: string | undefined, signal: AbortSignal): ConsulRequest {
    return name === undefined
      ? { what: 'listing all services', path: ['internal', 'ui', 'nodes'], signal }
      : { what: `listing "${name}"`, path: ['health', 'service', toConsulName(this.prefix + name)], signal };
  }

  private async view(name: string | undefined, answer: ConsulAnswer): Promise<ServiceView> {
    const entries = entriesOf(answer, name);
    // To read a huge answer took its time already: others get a turn before it is gone through.
    if (entries.length > MANY) await setImmediate();
    return viewOf(instancesOf(entries, name, this.prefix));
  }

  private believes(name: string | undefined, answer: ConsulAnswer, signal: AbortSignal): Promise<boolean> {
    const size = name === undefined ? entriesOf(answer, name).length : listIn(answer).length;
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
    if (entriesOf(again, name).length === 0) throw hidden(about, 'node:read');
  }
}

function entriesOf(answer: ConsulAnswer, name: string | undefined): readonly ServiceEntry[] {
  const list = listIn(answer);
  return (name === undefined ? entriesOfNodes(list as readonly NodeEntry[]) : list).filter(isEntry);
}

function instancesOf(entries: readonly ServiceEntry[], name: string | undefined, prefix: string): ServiceInstance[] {
  const wanted = name === undefined ? undefined : toConsulName(prefix + name);
  return entries
    .filter(({ Service }) => !Service.Kind && fromConsulName(Service.Service).startsWith(prefix))
    .filter(({ Service }) => (wanted === undefined ? Service.Service !== CONSUL : Service.Service === wanted))
    .map((entry) => toInstance(entry, prefix))
    .filter((instance) => instance !== undefined);
}
