import { ConfigClient, type ConfigOptions } from '@weft/config';
import type { ConfigDriver, RegistryDriver } from '@weft/core';
import { Registry, type RegistryOptions } from '@weft/registry';
import type { FaultProxy, RunningServer, ServerCluster } from '@weft-tooling/servers';
import type { Backend, BackendName, DriverOptions } from './backend.js';
import type { BackendMeans } from './backend-means.js';
import { LogLines } from './log-lines.js';
import { openDriver } from './open-driver.js';
import { timing } from './timing.js';

/** What a `RunningBackend` consists of. */
export interface BackendParts {
  readonly server: RunningServer;
  readonly proxy: FaultProxy | undefined;
  readonly cluster: ServerCluster | undefined;
  readonly accounts: boolean;
}

/** A started server with everything that was opened on it. */
export class RunningBackend implements Backend {
  readonly driver: BackendMeans['driver'];
  readonly server: RunningServer;
  readonly log = new LogLines();
  private readonly opened: { close(): Promise<void> }[] = [];

  constructor(
    readonly name: BackendName,
    private readonly means: BackendMeans,
    private readonly parts: BackendParts,
  ) {
    this.driver = means.driver;
    this.server = parts.server;
  }

  get proxy(): FaultProxy {
    if (!this.parts.proxy) throw new Error(`${this.name} was started without { proxy: true }`);
    return this.parts.proxy;
  }

  get cluster(): ServerCluster {
    if (!this.parts.cluster) throw new Error(`${this.name} was started as one server`);
    return this.parts.cluster;
  }

  get address(): string {
    const { cluster, proxy } = this.parts;
    if (cluster) return cluster.servers.map(({ address }) => address).join(',');
    return proxy?.address ?? this.server.address;
  }

  get options(): DriverOptions {
    return { address: this.address, ...(this.parts.accounts && this.means.credentials) };
  }

  get wrongOptions(): DriverOptions {
    return { ...this.options, ...this.means.wrongCredentials };
  }

  registryBlock(more: DriverOptions = {}): Readonly<Record<string, unknown>> {
    return {
      driver: this.driver,
      ttl: timing.ttlMs,
      timeout: timing.timeoutMs,
      staleAfter: timing.staleAfterMs,
      ...this.options,
      ...more,
    };
  }

  async openRegistry({ driver = {}, ...options }: RegistryOptions & { readonly driver?: DriverOptions } = {}): Promise<Registry> {
    const { ttlMs: ttl, timeoutMs: timeout, staleAfterMs: staleAfter } = timing;
    const opened = await this.open('registry', driver);
    return this.keep(new Registry(opened, { ttl, timeout, staleAfter, logger: this.log.logger, ...options }));
  }

  async openRegistryDriver(options: DriverOptions = {}): Promise<RegistryDriver> {
    return this.keep(await this.open('registry', options));
  }

  async openConfig({ driver = {}, ...options }: ConfigOptions & { readonly driver?: DriverOptions } = {}): Promise<ConfigClient> {
    const { timeoutMs: timeout, staleAfterMs: staleAfter } = timing;
    const opened = await this.open('config', driver);
    return this.keep(new ConfigClient(opened, { timeout, staleAfter, logger: this.log.logger, ...options }));
  }

  async openConfigDriver(options: DriverOptions = {}): Promise<ConfigDriver> {
    return this.keep(await this.open('config', options));
  }

  rawPut(service: string, id: string, text: string): Promise<void> {
    return this.means.putRecord(this.server, service, id, text);
  }

  rawSetConfig(key: string, text: string, at = this.server): Promise<void> {
    return this.means.setConfig(at, key, text);
  }

  rawRemoveConfig(key: string): Promise<void> {
    return this.means.removeConfig(this.server, key);
  }

  async restartEmpty(): Promise<void> {
    await this.server.restart({ empty: true });
    if (this.parts.accounts) await this.means.openAccounts(this.server);
  }

  revoke(): Promise<void> {
    return this.means.revoke(this.server);
  }

  restore(): Promise<void> {
    return this.means.restore(this.server);
  }

  narrow(): Promise<void> {
    return this.means.narrow(this.server);
  }

  widen(): Promise<void> {
    return this.means.widen(this.server);
  }

  async compact(): Promise<void> {
    await this.means.compact?.(this.server);
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((part) => part.close()));
    await this.parts.proxy?.close();
    await (this.parts.cluster ?? this.server).stop();
  }

  private open<Slot extends 'registry' | 'config'>(slot: Slot, options: DriverOptions) {
    return openDriver(
      slot,
      this.driver,
      { ...this.options, ...options },
      { timeoutMs: timing.timeoutMs, logger: this.log.logger },
    );
  }

  private keep<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.opened.push(part);
    return part;
  }
}
