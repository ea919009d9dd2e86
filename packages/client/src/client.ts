import { EventEmitter } from 'node:events';
import type { AvailabilityEvent } from '@weft/breaker';
import type { CircuitBreaker, ClientTransport, Clock, Duration, LoadBalancer, Logger, Random, Reply } from '@weft/core';
import { compose, messageOf, noopLogger, systemClock, systemRandom, tell, WeftError } from '@weft/core';
import type { Registry } from '@weft/registry';
import { DeadlineWheel } from '@weft/resilience';
import { Call } from './call.js';
import type { CallOptions } from './call-options.js';
import type { CallRequest } from './call-request.js';
import { CallsUnderWay } from './calls-under-way.js';
import type { ClientEvents } from './client-events.js';
import { invoke } from './invoke.js';
import type { AttemptMiddleware, CallMiddleware, CircuitBreakerOption, ClientOptions, LoadBalancerOption } from './options.js';
import { balancerFactory, breakerFactory, byProtocol, maxInstances } from './parts.js';
import type { Response } from './response.js';
import type { PendingCall } from './service-client.js';
import { ServiceClient } from './service-client.js';
import { parseCount, parseSettings, parseTimeout, type Settings } from './settings.js';
import { Target, transmit, transmitPlain } from './target.js';
import type { Try } from './try.js';

/** Calls services: finds them, shares the load, retries what may be retried, and leaves broken instances alone. */
export class Client extends EventEmitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #transports: ReadonlyMap<string, ClientTransport>;
  readonly #wheel: DeadlineWheel;
  readonly #targets = new Map<string, Target>();
  readonly #own: ServiceClient;
  #settings: Settings;
  #maxInstances: number;
  #makeBalancer: ReturnType<typeof balancerFactory>;
  #makeBreaker: ReturnType<typeof breakerFactory>;
  #callMiddlewares: CallMiddleware[] = [];
  #attemptMiddlewares: AttemptMiddleware[] = [];
  #perform: (request: CallRequest) => Promise<Response>;
  #send: (attempt: Try) => Promise<Reply>;
  readonly #underWay = new CallsUnderWay();
  #closing: Promise<void> | undefined;
  #isClosed = false;

  /** @throws WEFT_CONFIG_INVALID */
  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#registry = options.registry;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#logger = options.logger ?? noopLogger;
    this.#transports = byProtocol(options.transport);
    this.#wheel = new DeadlineWheel(this.#clock);
    this.#settings = parseSettings(options);
    this.#maxInstances = parseCount(options.maxInstances ?? maxInstances(options.loadBalancer), 'client.maxInstances');
    this.#makeBalancer = balancerFactory(options.loadBalancer, this.#chance());
    this.#makeBreaker = breakerFactory(options.circuitBreaker, this.#chance());
    this.#own = this.#callerOf(options.serviceName);
    this.#perform = (request) => this.#start(request);
    this.#send = transmit;
    if (options.middleware) this.setMiddleware(options.middleware);
    this.#registry.on('stale', this.#onStale);
    this.#registry.on('recovered', this.#onRecovered);
    if (options.serviceName) this.#target(options.serviceName);
  }

  /** @throws as `ServiceClient.call` */
  call<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions | null): Promise<Response<T>> {
    return this.#own.call<T>(method, path, body, options);
  }

  /** As `call`, and can be cancelled. */
  callAsync<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions | null): PendingCall<T> {
    return this.#own.callAsync<T>(method, path, body, options);
  }

  /** @throws as `call` */
  get<T = unknown>(path: string, options?: CallOptions): Promise<Response<T>> {
    return this.#own.get<T>(path, options);
  }

  /** @throws as `call` */
  post<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.#own.post<T>(path, body, options);
  }

  /** @throws as `call` */
  put<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.#own.put<T>(path, body, options);
  }

  /** @throws as `call` */
  patch<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.#own.patch<T>(path, body, options);
  }

  /** @throws as `call` */
  delete<T = unknown>(path: string, options?: CallOptions): Promise<Response<T>> {
    return this.#own.delete<T>(path, options);
  }

  /** The same client, bound to a service. */
  service(name: string): ServiceClient {
    return this.#callerOf(name);
  }

  /** Time for a whole call, from the next one on. @throws WEFT_CONFIG_INVALID */
  setTimeout(timeout: Duration | false): void {
    this.#settings = { ...this.#settings, timeoutMs: parseTimeout(timeout, 'client.timeout') };
  }

  /** In ms. */
  getTimeout(): number {
    return this.#settings.timeoutMs;
  }

  /** Further tries, from the next call on. @throws WEFT_CONFIG_INVALID */
  setRetries(retries: number): void {
    this.#settings = { ...this.#settings, retries: parseCount(retries, 'client.retries') };
  }

  /** Further tries after the first. */
  getRetries(): number {
    return this.#settings.retries;
  }

  /** Cap on the tries that a single call may ask for. @throws WEFT_CONFIG_INVALID */
  setMaxRetries(maxRetries: number): void {
    this.#settings = { ...this.#settings, maxRetries: parseCount(maxRetries, 'client.maxRetries') };
  }

  /** Cap on the tries that a single call may ask for. */
  getMaxRetries(): number {
    return this.#settings.maxRetries;
  }

  /** Guards the next calls; `false` = no breaker. @throws WEFT_CONFIG_INVALID */
  setCircuitBreaker(breaker: CircuitBreakerOption): void {
    this.#makeBreaker = breakerFactory(breaker, this.#chance());
    for (const target of this.#targets.values()) target.breaker = this.#breakerFor(target.service);
  }

  /** The breaker of a service: the client's own, or the named one; undefined without one. */
  getCircuitBreaker(service?: string): CircuitBreaker | undefined {
    return this.#target(this.#nameOf(service)).breaker;
  }

  /** Picks for the next calls. @throws WEFT_CONFIG_INVALID */
  setLoadBalancer(balancer: LoadBalancerOption): void {
    const makeBalancer = balancerFactory(balancer, this.#chance());
    this.#maxInstances = this.#options.maxInstances ?? maxInstances(balancer);
    this.#makeBalancer = makeBalancer;
    for (const target of this.#targets.values()) target.balancer = this.#makeBalancer();
  }

  /** The balancer of a service: the client's own, or the named one. */
  getLoadBalancer(service?: string): LoadBalancer {
    return this.#target(this.#nameOf(service)).balancer;
  }

  /** Replaces the middlewares around calls; first = outermost. */
  setMiddleware(middleware: CallMiddleware | readonly CallMiddleware[]): void {
    this.#callMiddlewares = Array.isArray(middleware) ? [...middleware] : [middleware as CallMiddleware];
    this.#perform = compose(this.#callMiddlewares, (request: CallRequest) => this.#start(request));
  }

  /** The middlewares around calls, as one. */
  getMiddleware(): CallMiddleware {
    const middlewares = [...this.#callMiddlewares];
    return (next) => compose(middlewares, next);
  }

  /** Adds a middleware around calls, innermost of them. */
  use(middleware: CallMiddleware): this {
    this.setMiddleware([...this.#callMiddlewares, middleware]);
    return this;
  }

  /** Adds a middleware around each single try, innermost of them. */
  useAroundAttempt(middleware: AttemptMiddleware): this {
    this.#attemptMiddlewares.push(middleware);
    const chain = compose(this.#attemptMiddlewares, transmitPlain);
    this.#send = (attempt) => Promise.race([chain(attempt), attempt.whenEnded()]);
    return this;
  }

  /** Lets the calls in flight finish for up to 20 s, refuses new ones with WEFT_CLOSED, keeps nothing alive. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #callerOf(name: string | undefined): ServiceClient {
    const perform = (method: string, path: string, body: unknown, options: CallOptions) =>
      this.#begin({ service: options.service ?? name ?? '', method, path, body, options });
    return new ServiceClient(perform, (error) => this.#tell('call.failed', { error }));
  }

  async #begin(request: CallRequest): Promise<Response> {
    if (this.#closing)
      throw new WeftError('WEFT_CLOSED', `${request.method} ${request.service}${request.path}: the client is closed`);
    this.#underWay.enter();
    try {
      return await this.#perform(request);
    } finally {
      this.#underWay.leave();
    }
  }

  async #start(request: CallRequest): Promise<Response> {
    const target = this.#target(this.#nameOf(request.service));
    const span = this.#options.tracer?.startSpan(`${request.method} ${target.service}`);
    let call: Call | undefined;
    try {
      call = new Call(request, this.#settings, this.#maxInstances, this.#clock, span);
      this.#underWay.begin(call, request.options.signal);
      const response = await invoke(target, call);
      span?.setTag('http.response.status_code', response.statusCode);
      if (!call.isRead) call.end();
      return response;
    } catch (error) {
      span?.setTag('error', true).logKV('error', messageOf(error));
      call?.end();
      throw error;
    } finally {
      span?.finish();
    }
  }

  #target(service: string): Target {
    const known = this.#targets.get(service);
    if (known) return known;
    if (this.#isClosed) throw new WeftError('WEFT_CLOSED', `${service}: the client is closed`);
    const parts = {
      registry: this.#registry,
      transports: this.#transports,
      wheel: this.#wheel,
      outlier: this.#options.outlier ?? {},
      retryBudget: this.#options.retryBudget ?? {},
      send: (attempt: Try) => this.#send(attempt),
      onAvailability: (event: AvailabilityEvent) => this.#onAvailability(service, event),
      ...this.#chance(),
    };
    const target = new Target(service, parts, this.#makeBalancer(), this.#breakerFor(service));
    this.#targets.set(service, target);
    return target;
  }

  #breakerFor(service: string): CircuitBreaker | undefined {
    return this.#makeBreaker((state, previous) => this.#tell('breaker.state', { service, state, previous }));
  }

  #nameOf(service: string | undefined): string {
    const name = service || this.#options.serviceName;
    if (name) return name;
    throw new WeftError('WEFT_INVALID_ARGUMENT', 'which service? give the client a serviceName, or the call { service }');
  }

  #chance(): { clock: Clock; random: Random } {
    return { clock: this.#clock, random: this.#random };
  }

  readonly #onStale = ({ name, ageMs }: { readonly name: string; readonly ageMs: number }) => {
    if (this.#targets.has(name)) this.#tell('discovery.stale', { service: name, ageMs });
  };

  readonly #onRecovered = ({ name }: { readonly name: string }) => {
    if (this.#targets.has(name)) this.#tell('discovery.recovered', { service: name });
  };

  #onAvailability(service: string, event: AvailabilityEvent): void {
    const instance = event.instance?.id ?? '';
    if (event.type === 'ejected') this.#tell('instance.ejected', { service, instance, reason: event.reason ?? '' });
    if (event.type === 'restored') this.#tell('instance.restored', { service, instance });
  }

  #tell<Name extends keyof ClientEvents>(event: Name, payload: ClientEvents[Name][0]): void {
    tell(this as EventEmitter, event, payload, this.#logger);
  }

  async #close(): Promise<void> {
    this.#registry.off('stale', this.#onStale);
    this.#registry.off('recovered', this.#onRecovered);
    await this.#underWay.finish(this.#clock);
    this.#isClosed = true;
    for (const target of this.#targets.values()) target.close();
    this.#targets.clear();
    this.#wheel.close();
    this.removeAllListeners();
  }
}
