import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
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

/** A process of the shop leaves with the tour, even when the tour had no time to say so (kill -9). */
const LEAVE_WITH_THE_TOUR = "process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));";

/** The shop's processes on this machine. */
export class Fleet {
  readonly #instances = new Map<string, Instance>();
  readonly #past: Instance[] = [];
  readonly #registry: Registry;
  readonly #backend: Backend;
  #isClosed = false;

  constructor(registry: Registry, backend: Backend) {
    this.#registry = registry;
    this.#backend = backend;
  }

  /** Starts an instance and resolves when the registry shows it as up. @throws Error with its last lines when it ends before */
  async start(service: ShopService, id: string): Promise<void> {
    if (this.#isClosed) throw new Error('the shop closes');
    const main = createRequire(import.meta.url)
      .resolve(`@weft-apps/shop-${service}/package.json`)
      .replace('package.json', 'dist/main.js');
    const leaving = `data:text/javascript,${encodeURIComponent(LEAVE_WITH_THE_TOUR)}`;
    const { driver, address } = this.#backend;
    const child = spawn(process.execPath, ['--import', leaving, main], {
      env: { ...process.env, SHOP_ID: id, SHOP_REGISTRY: driver, SHOP_REGISTRY_ADDRESS: address },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
    }
    const instance = { id, service, process: child, lines };
    this.#instances.set(id, instance);
    this.#past.push(instance);
    const died = once(child, 'exit').then(() => {
      throw new Error(`${id} ended while starting:\n${lines.slice(-10).join('\n')}`);
    });
    await Promise.race([this.#untilListed(service, id, true), died]);
    died.catch(() => {});
  }

  /** Starts everything, side by side. */
  async startAll(): Promise<void> {
    const all = Object.entries(FLEET).flatMap(([service, ids]) => ids.map((id) => this.start(service as ShopService, id)));
    await Promise.all(all);
  }

  /** Ends an instance without a word, as a crash would; resolves to the ms until the registry no longer shows it. */
  async kill(id: string): Promise<number> {
    const instance = this.get(id);
    const killedAt = performance.now();
    instance.process.kill('SIGKILL');
    await this.#untilListed(instance.service, id, false);
    this.#instances.delete(id);
    return performance.now() - killedAt;
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

  async #untilListed(service: ShopService, id: string, listed: boolean): Promise<void> {
    for await (const { instances } of this.#registry.watch(service, { signal: AbortSignal.timeout(20_000) })) {
      if (instances.some((instance) => instance.id === id && instance.status === 'up') === listed) return;
    }
    throw new Error(`${id} was not ${listed ? 'listed' : 'gone'} within 20 s:\n${this.linesOf(service).slice(-10).join('\n')}`);
  }
}
