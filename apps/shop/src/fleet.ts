import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { ServiceInstance } from '@weft/core';
import type { Registry } from '@weft/registry';
import type { Backend } from './backend.js';

/** The services of the shop, and the ids of their instances. */
export const FLEET = {
  users: ['users-1', 'users-2', 'users-3'],
  orders: ['orders-1', 'orders-2'],
  gateway: ['gateway-1'],
} as const;

/** A service of the shop. */
export type ShopService = keyof typeof FLEET;

/** One process of the shop. */
export interface Instance {
  readonly id: string;
  readonly service: ShopService;
  readonly process: ChildProcess;
  /** Every line that it has logged. */
  readonly lines: string[];
}

/** A collector of spans, and of metrics. */
interface Reporter {
  readonly type: string;
  readonly url: string;
  /** Share of the traces starting in the shop that it is told of; one that the tour starts it is told of anyway. */
  readonly sampler: number;
  /** Where metrics are pushed to; nowhere unless set. */
  readonly metricsUrl?: string | undefined;
}

/** A process of the shop leaves with the tour, even when the tour had no time to say so (kill -9). */
const LEAVE_WITH_THE_TOUR = "process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));";

/** The shop's processes on this machine. */
export class Fleet {
  readonly #instances = new Map<string, Instance>();
  readonly #past: Instance[] = [];
  readonly #registry: Registry;
  readonly #backend: Backend;
  readonly #reporter: Reporter | undefined;
  #isClosed = false;

  /** @param reporter where its processes report spans to; they make none unless given */
  constructor(registry: Registry, backend: Backend, reporter?: Reporter) {
    this.#registry = registry;
    this.#backend = backend;
    this.#reporter = reporter;
  }

  /**
   * Starts an instance and resolves when the registry shows it as up.
   * @param version of its service; the config's unless given
   * @throws Error with its last lines when it ends before
   */
  async start(service: ShopService, id: string, version?: string): Promise<void> {
    const before = (await this.#registry.getServices(service)).find((instance) => instance.id === id)?.incarnation;
    if (this.#isClosed) throw new Error('the shop closes');
    const main = createRequire(import.meta.url)
      .resolve(`@weft-apps/shop-${service}/package.json`)
      .replace('package.json', 'dist/main.js');
    const leaving = `data:text/javascript,${encodeURIComponent(LEAVE_WITH_THE_TOUR)}`;
    const child = spawn(process.execPath, ['--import', leaving, main], {
      env: { ...process.env, ...this.#environment(), SHOP_ID: id, ...(version && { SHOP_VERSION: version }) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
    }
    const instance = { id, service, process: child, lines };
    this.#instances.set(id, instance);
    this.#past.push(instance);
    const died = once(child, 'exit').then(() => {
      throw new Error(`${id} ended while starting:\n${lines.slice(-10).join('\n')}`);
    });
    const isUp = (listed: ServiceInstance | undefined) => listed?.status === 'up' && listed.incarnation !== before;
    await Promise.race([this.#untilListed(service, id, isUp), died]);
    died.catch(() => {});
  }

  /** Starts everything, side by side. */
  async startAll(): Promise<void> {
    const all = Object.entries(FLEET).flatMap(([service, ids]) => ids.map((id) => this.start(service as ShopService, id)));
    await Promise.all(all);
  }

  /** Ends an instance without a word, as a crash would; resolves to the ms until the registry no longer shows it. */
  async kill(id: string): Promise<number> {
    const { service } = this.get(id);
    const killedAt = performance.now();
    await this.crash(id);
    await this.#untilListed(service, id, (listed) => listed === undefined);
    return performance.now() - killedAt;
  }

  /** As `kill`, and resolves when the process is gone. Of several that crash at once the registry shows the last that was known. */
  async crash(id: string): Promise<void> {
    const { process: child } = this.get(id);
    this.#instances.delete(id);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Asks an instance to leave, as a deploy does; resolves to its exit code. */
  async stop(id: string): Promise<number | null> {
    const { process: child } = this.get(id);
    this.#instances.delete(id);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await exited)[0];
  }

  /** Asks all to leave, for good. */
  async stopAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#instances.keys()].map((id) => this.stop(id)));
  }

  /** Those that were started, and neither stopped nor killed. */
  get running(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  /** Whether it was started, and neither stopped nor killed. */
  runs(id: string): boolean {
    return this.#instances.has(id);
  }

  /** @throws Error when it does not run */
  get(id: string): Instance {
    const instance = this.#instances.get(id);
    if (!instance) throw new Error(`${id} does not run`);
    return instance;
  }

  /** Every line that any instance of a service has logged, ended ones included. */
  linesOf(service: ShopService): string[] {
    return this.#past.filter((instance) => instance.service === service).flatMap(({ lines }) => lines);
  }

  #environment(): Readonly<Record<string, string>> {
    const { driver, address, ledger, keys } = this.#backend;
    const reporter = this.#reporter;
    return {
      SHOP_REGISTRY: driver,
      SHOP_REGISTRY_ADDRESS: address,
      ...(ledger && { SHOP_LEDGER: ledger }),
      ...(keys && { SHOP_KEYS_ADDRESS: keys }),
      ...(reporter && {
        SHOP_TRACING: 'true',
        SHOP_REPORTER: reporter.type,
        SHOP_REPORTER_URL: reporter.url,
        SHOP_SAMPLER: String(reporter.sampler),
        SHOP_METRICS_URL: reporter.metricsUrl ?? '',
      }),
    };
  }

  async #untilListed(service: ShopService, id: string, isSo: (listed: ServiceInstance | undefined) => boolean): Promise<void> {
    for await (const { instances } of this.#registry.watch(service, { signal: AbortSignal.timeout(20_000) })) {
      if (isSo(instances.find((instance) => instance.id === id))) return;
    }
    throw new Error(`${id} was not listed as expected within 20 s:\n${this.linesOf(service).slice(-10).join('\n')}`);
  }
}
