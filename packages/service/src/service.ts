import { EventEmitter } from 'node:events';
import {
  type InstanceStatus,
  type Listening,
  type Logger,
  noopLogger,
  noopMetrics,
  systemClock,
  systemRandom,
  tell,
  WeftError,
} from '@weft/core';
import type { ServiceDescription } from '@weft/registry';
import { advertisedHost } from './advertised-host.js';
import { createDispatcher } from './create-dispatcher.js';
import type { Dispatcher } from './dispatcher.js';
import type { HealthCheck, HealthChecks } from './health-checks.js';
import { addHealthRoutes } from './health-routes.js';
import { HttpServer } from './http-server.js';
import { LifeCycle } from './life-cycle.js';
import { metadataProblem } from './metadata.js';
import { handOver, type NodeHandler } from './mount.js';
import { Readiness } from './readiness.js';
import { Registrar } from './registrar.js';
import { RouteTable } from './route-table.js';
import type { ServiceEvents } from './service-events.js';
import type { ServiceHandler, ServiceMiddleware } from './service-handler.js';
import { ServiceMonitor } from './service-monitor.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';
import { parseServiceOptions, type ServiceSettings } from './service-settings.js';
import { logStop, type StopReport } from './stop-report.js';
import { Wires } from './wires.js';

const REGISTER_MS = 10_000;
/** How long `start()` waits for a registry that may be down, so that a service that has started can be found. */
const FIRST_TRY_MS = 2_000;

/** One instance of a service: the handlers, the wires they answer on, its health, its place in the registry, its life. */
export class Service extends EventEmitter<ServiceEvents> {
  /** Name that callers look for. */
  readonly name: string;
  /** Id of this instance. */
  readonly id: string;
  /** The health checks. */
  readonly health: HealthChecks;
  /** Counts requests and calls in the metrics that the service was given. */
  readonly monitor: ServiceMonitor;
  readonly #settings: ServiceSettings;
  readonly #routes = new RouteTable();
  readonly #dispatcher: Dispatcher;
  readonly #registrar: Registrar;
  readonly #lifeCycle: LifeCycle;
  readonly #log: Logger;
  readonly #wires: Wires;
  readonly #readiness: Readiness;
  /** What spans tell of it. */
  readonly #server = { address: '', port: 0, scheme: 'http' };
  #metadata: Readonly<Record<string, string>>;
  #version: string;

  /** @throws WEFT_CONFIG_INVALID with every problem of the options at once */
  constructor(options: ServiceOptions & ServiceParts) {
    super();
    const { clock = systemClock, random = systemRandom, logger = noopLogger, metrics = noopMetrics, transports = [] } = options;
    const settings = parseServiceOptions(options, random);
    this.#settings = settings;
    ({ name: this.name, id: this.id, version: this.#version } = settings);
    this.#metadata = { ...settings.metadata, ...settings.marks };
    this.#log = logger;
    this.monitor = new ServiceMonitor(metrics);
    this.#registrar = new Registrar(options.registry, clock);
    this.#readiness = new Readiness({
      ...{ settings: settings.health, clock, monitor: this.monitor, log: logger },
      onChange: (isReady, why) => this.#onReadiness(isReady, why),
    });
    this.health = this.#readiness.health;
    addHealthRoutes(this.#routes, { path: settings.health.path, readiness: this.#readiness, status: () => this.status });
    const dispatcher = createDispatcher(settings, options, this.#routes, { monitor: this.monitor, server: this.#server });
    this.#dispatcher = dispatcher;
    this.#wires = new Wires({
      http: settings.http ? new HttpServer({ logger, clock, connections: settings.limits.connections }) : undefined,
      transports,
      listen: settings,
      dispatch: (inbound) => dispatcher.dispatch(inbound),
    });
    this.#lifeCycle = new LifeCycle({ clock, registrar: this.#registrar, steps: this.#steps(), ...settings.drain });
  }

  /** Port of the first wire, once it is bound; before that, as in the options. */
  get port(): number {
    return this.#wires.port || this.#settings.port;
  }

  /** Host that callers are told. */
  get address(): string {
    return this.#settings.advertise?.host ?? advertisedHost(this.#settings.host);
  }

  /** What the record says: `up` unless a health check fails, the event loop was just blocked, or the service is leaving. */
  get status(): InstanceStatus {
    if (this.#lifeCycle.isStopping) return 'draining';
    return this.#readiness.isReady ? 'up' : 'not-ready';
  }

  /**
   * Adds a handler for `'GET /users/:id'`, or for any method with a path alone. A static path goes before a parameter.
   * @throws WEFT_CONFLICT when there is one already @throws WEFT_INVALID_ARGUMENT when the path is malformed
   */
  addHandler(path: string, handler: ServiceHandler): this;
  addHandler<Body>(path: string, handler: ServiceHandler<Body>): this;
  addHandler(path: string, handler: ServiceHandler<never>): this {
    this.#routes.add(path, handler as ServiceHandler);
    return this;
  }

  /** Takes a handler away with all its versions; false when there was none. Requests that it answers now are not touched. */
  removeHandler(path: string): boolean {
    return this.#routes.remove(path);
  }

  /** The handlers by path, as added; a copy. */
  getHandlers(): Map<string, ServiceHandler> {
    return this.#routes.handlers();
  }

  /** Adds the handler for callers that ask for this version with X-API-Version; the plain one is `latest`. @throws as `addHandler` */
  addVersion(version: string, path: string, handler: ServiceHandler): this;
  addVersion<Body>(version: string, path: string, handler: ServiceHandler<Body>): this;
  addVersion(version: string, path: string, handler: ServiceHandler<never>): this {
    this.#routes.addVersion(version, path, handler as ServiceHandler);
    return this;
  }

  /** Wraps all handlers; first = outermost. Health paths stay outside. */
  use(middleware: ServiceMiddleware): this {
    this.#dispatcher.use(middleware);
    return this;
  }

  /** Hands everything below a path, unless a handler matches better, to a node handler such as an express application. */
  mount(prefix: string, handler: NodeHandler): this {
    const base = prefix.replace(/\/+$/, '');
    const handing = handOver(base, handler);
    if (base !== '') this.#routes.add(base, handing, { readsBody: false });
    this.#routes.add(`${base}/*`, handing, { readsBody: false });
    return this;
  }

  /**
   * Replaces the health checks; runs them at once when the service runs.
   * @throws WEFT_INVALID_ARGUMENT when one is no function
   */
  setHealthCheck(checks: Readonly<Record<string, HealthCheck>>): void {
    this.health.set(checks);
    if (this.isRunning()) void this.health.check();
  }

  /** The health checks by name; a copy. */
  getHealthCheck(): Record<string, HealthCheck> {
    return this.health.get();
  }

  /** Replaces the metadata and publishes it. @throws WEFT_INVALID_ARGUMENT beyond 64 keys or 8 KiB */
  setMetadata(metadata: Readonly<Record<string, string>>): void {
    const problem = metadataProblem(metadata) ?? metadataProblem({ ...metadata, ...this.#settings.marks });
    if (problem !== undefined) throw new WeftError('WEFT_INVALID_ARGUMENT', `metadata: ${problem}`);
    this.#metadata = { ...metadata, ...this.#settings.marks };
    this.#registrar.update({ metadata: this.#metadata });
  }

  /** The metadata; a copy. */
  getMetadata(): Record<string, string> {
    return { ...this.#metadata };
  }

  /** Changes the version and publishes it. */
  setVersion(version: string): void {
    this.#version = version;
    this.#registrar.update({ version });
  }

  /** The version. */
  getVersion(): string {
    return this.#version;
  }

  /** The record of this instance. */
  toInfo(): ServiceDescription {
    const { zone, tags, weight, health, advertise, port, tls } = this.#settings;
    const [first = { protocol: tls ? 'https' : 'http', port }, ...others] = this.#wires.endpoints;
    return {
      ...(zone !== undefined && { zone }),
      id: this.id,
      name: this.name,
      version: this.#version,
      host: this.address,
      endpoints: [{ ...first, port: advertise?.port ?? first.port }, ...others],
      status: this.status,
      healthPath: health.path,
      weight,
      tags,
      metadata: this.#metadata,
    };
  }

  /**
   * Listens, finds out whether it is healthy, registers; a registry that does not answer within 2 s is tried on in the
   * background. Calls join, and a service that runs is left as it is; what was opened is closed again when a step fails.
   * @throws WEFT_CONFLICT when the port is in use @throws WEFT_CONFIG_INVALID when the address cannot be bound
   * @throws WEFT_REGISTRY_UNAVAILABLE with `requireRegistration` @throws WEFT_CLOSED when stopped meanwhile
   */
  start(): Promise<void> {
    return this.#lifeCycle.start();
  }

  /**
   * Leaves without losing a call: record gone, serves on until callers know, finishes what runs. `immediate` cuts it all,
   * also when it is leaving already. Never rejects.
   */
  stop(options?: { readonly immediate?: boolean }): Promise<void> {
    return this.#lifeCycle.stop(options);
  }

  /** How long `stop()` may take, in ms, beside what closing takes: the record, the propagation, the grace. */
  get longestStopMs(): number {
    return this.#lifeCycle.longestStopMs;
  }

  /** Same as `stop()`. */
  close(): Promise<void> {
    return this.stop();
  }

  /** Whether it has started and not begun to stop. */
  isRunning(): boolean {
    return this.#lifeCycle.isRunning;
  }

  /**
   * Registers a running service again after `deregister()`. When it fails it is tried on in the background.
   * @throws WEFT_CLOSED when it does not run @throws WEFT_REGISTRY_UNAVAILABLE without a registry or an answer within 10 s
   */
  async register(): Promise<void> {
    if (!this.isRunning()) throw new WeftError('WEFT_CLOSED', `service "${this.name}" does not run: start() registers it`);
    if (!this.#registrar.hasRegistry) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', `service "${this.name}" has no registry`);
    this.#registrar.announce(this.toInfo());
    await this.#registrar.registered(REGISTER_MS);
  }

  /** Takes the record away and goes on serving; gives up after 2 s. Idempotent, never rejects. */
  deregister(): Promise<void> {
    return this.#registrar.withdraw();
  }

  /** Whether the registry holds the record, as far as is known. */
  isRegistered(): boolean {
    return this.#registrar.isRegistered;
  }

  #steps() {
    return {
      listen: async (onListening: (listening: Listening) => void) => {
        await this.#wires.listen(onListening);
        Object.assign(this.#server, { address: this.address, port: this.port, scheme: this.#settings.tls ? 'https' : 'http' });
      },
      prepare: () => this.#readiness.watch(),
      announce: async () => {
        this.#registrar.announce(this.toInfo());
        const { requireRegistration } = this.#settings;
        const registered = this.#registrar.registered(requireRegistration ? REGISTER_MS : FIRST_TRY_MS);
        await (requireRegistration ? registered : registered.catch(() => {}));
      },
      onStarted: () => tell(this, 'started', undefined, this.#log),
      onDraining: () => {
        this.#registrar.update({ status: 'draining' });
        tell(this, 'draining', undefined, this.#log);
      },
      release: () => {
        this.#readiness.close();
        this.#dispatcher.close();
        this.#wires.forget();
      },
      atWork: () => this.#dispatcher.atWork,
      onStopped: (report: StopReport) => {
        logStop(this.#log, { service: this.name, id: this.id }, report);
        tell(this, 'stopped', report, this.#log);
      },
    };
  }

  #onReadiness(isReady: boolean, why: string): void {
    if (!this.isRunning()) return;
    this.#log[isReady ? 'info' : 'warn'](why, { service: this.name, id: this.id });
    this.#registrar.update({ status: this.status });
    tell(this, 'status', this.status, this.#log);
  }
}
