import { EventEmitter } from 'node:events';
import type { CircuitBreaker, Clock, Duration, LoadBalancer, Logger, TraceContext } from '@weft/core';
import { compose, noopLogger, systemClock, systemRandom, tell, WeftError } from '@weft/core';
import { type BatchOptions, type BatchRequest, type BatchResult, batchCall, type CallFunction } from './batch-call.js';
import { Call, withoutQuery } from './call.js';
import { CallObserver } from './call-observer.js';
import type { CallOptions } from './call-options.js';
import type { CallRequest } from './call-request.js';
import { CallsUnderWay } from './calls-under-way.js';
import type { ClientEvents, TellEvent } from './client-events.js';
import { countEvent } from './count-event.js';
import { type CallExplanation, explain } from './explain.js';
import { Governance } from './governance.js';
import { invoke } from './invoke.js';
import { Middlewares } from './middlewares.js';
import type { AttemptMiddleware, CallMiddleware, ClientOptions } from './options.js';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';
import type { Policies } from './policy.js';
import type { Response } from './response.js';
import type { PendingCall } from './service-client.js';
import { ServiceClient } from './service-client.js';
import { parseCount, parseTimeout, type Settings } from './settings.js';
import { Targets } from './targets.js';
import { tellOfRegistry } from './tell-events.js';
import type { Try } from './try.js';
import { noteUnsent } from './unsent-request.js';

/** Calls services: finds them, shares the load, retries what may be retried, and leaves broken instances alone. */
export class Client extends EventEmitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #targets: Targets;
  readonly #own: ServiceClient;
  readonly #governance: Governance;
  readonly #underWay = new CallsUnderWay();
  readonly #middlewares = new Middlewares((request) => this.#start(request), this.#underWay);
  readonly #told: TellEvent = (event, payload) => {
    if (this.#options.metrics) countEvent(this.#options.metrics, event, payload);
    tell(this as EventEmitter, event, payload, this.#logger);
  };
  readonly #observer: CallObserver | undefined;
  readonly #leaveRegistry: () => void;
  #closing: Promise<void> | undefined;

  /** @throws WEFT_CONFIG_INVALID */
  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const chance = { clock: this.#clock, random: options.random ?? systemRandom };
    this.#logger = options.logger ?? noopLogger;
    const { tracer, metrics } = options;
    if (tracer || metrics) this.#observer = new CallObserver({ tracer, metrics, clock: this.#clock });
    this.#governance = new Governance(options, chance, (service, state, previous) =>
      this.#told('breaker.state', { service, state, previous }),
    );
    this.#targets = new Targets({
      options,
      chance,
      logger: this.#logger,
      governance: this.#governance,
      send: (attempt) => this.#middlewares.send(attempt as Try),
      tell: this.#told,
    });
    this.#own = this.#callerOf(options.serviceName);
    if (options.middleware) this.setMiddleware(options.middleware);
    this.#leaveRegistry = tellOfRegistry(options.registry, (service) => this.#targets.has(service), this.#told);
    if (options.serviceName) this.#targets.of(options.serviceName);
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
    this.#change({ timeoutMs: parseTimeout(timeout, 'client.timeout') });
  }

  /** In ms. */
  getTimeout(): number {
    return this.#governance.settings.timeoutMs;
  }

  /** Further tries, from the next call on. @throws WEFT_CONFIG_INVALID */
  setRetries(retries: number): void {
    this.#change({ retries: parseCount(retries, 'client.retries') });
  }

  /** Further tries after the first. */
  getRetries(): number {
    return this.#governance.settings.retries;
  }

  /** Cap on the tries that a single call may ask for. @throws WEFT_CONFIG_INVALID */
  setMaxRetries(maxRetries: number): void {
    this.#change({ maxRetries: parseCount(maxRetries, 'client.maxRetries') });
  }

  /** Cap on the tries that a single call may ask for. */
  getMaxRetries(): number {
    return this.#governance.settings.maxRetries;
  }

  /** Guards the next calls; `false` = no breaker. @throws WEFT_CONFIG_INVALID */
  setCircuitBreaker(breaker: CircuitBreakerOption): void {
    this.#governance.setCircuitBreaker(breaker);
    this.#targets.govern();
  }

  /** The breaker of a service: the client's own, or the named one; undefined without one. */
  getCircuitBreaker(service?: string): CircuitBreaker | undefined {
    return this.#targets.of(this.#nameOf(service)).breaker;
  }

  /** Picks for the next calls. @throws WEFT_CONFIG_INVALID */
  setLoadBalancer(balancer: LoadBalancerOption): void {
    this.#governance.setLoadBalancer(balancer);
    this.#targets.govern();
  }

  /** The balancer of a service: the client's own, or the named one. */
  getLoadBalancer(service?: string): LoadBalancer {
    return this.#targets.of(this.#nameOf(service)).balancer;
  }

  /**
   * Governs the next calls; what a policy does not change keeps its state. Replaces all policies that were there.
   * @throws WEFT_CONFIG_INVALID telling everything that is wrong with any of them; all stays as it was then
   */
  setPolicies(policies: Policies): void {
    this.#governance.setPolicies(policies);
    this.#targets.govern();
  }

  /**
   * What became of a call: who could have been called, what was tried, and which rule decided.
   * @param ended the error or the response of a call
   * @throws WEFT_INVALID_ARGUMENT when it did not come from a client
   */
  explain(ended: unknown): CallExplanation {
    return explain(ended);
  }

  /** Makes many calls, a batch at a time; what became of each, in order. @throws as `batchCall` */
  batchCall(requests: readonly BatchRequest[], options?: BatchOptions): Promise<BatchResult[]> {
    const call: CallFunction = (method, path, body, one) => this.call(method, path, body, one);
    return batchCall(call, requests, options, this.#clock);
  }

  /** Replaces the middlewares around calls; first = outermost. */
  setMiddleware(middleware: CallMiddleware | readonly CallMiddleware[]): void {
    this.#middlewares.aroundCalls = Array.isArray(middleware) ? middleware : [middleware as CallMiddleware];
  }

  /** The middlewares around calls, as one. */
  getMiddleware(): CallMiddleware {
    const { aroundCalls } = this.#middlewares;
    return (next) => compose(aroundCalls, next);
  }

  /** Adds a middleware around calls, innermost of them. */
  use(middleware: CallMiddleware): this {
    this.#middlewares.aroundCalls = [...this.#middlewares.aroundCalls, middleware];
    return this;
  }

  /** Adds a middleware around each single try, innermost of them. */
  useAroundAttempt(middleware: AttemptMiddleware): this {
    this.#middlewares.addAroundTries(middleware);
    return this;
  }

  /** Lets the calls in flight finish for up to 20 s, refuses new ones with WEFT_CLOSED, keeps nothing alive. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #callerOf(name: string | undefined): ServiceClient {
    const perform = (method: string, path: string, body: unknown, options: CallOptions) => {
      const request = { service: options.service ?? name ?? '', method, path, body, options };
      if (this.#closing) return Promise.reject(noteUnsent(closed(request), request));
      return this.#middlewares.perform(request);
    };
    return new ServiceClient(perform, (error) => this.#told('call.failed', { error }));
  }

  #start(request: CallRequest): Promise<Response> {
    try {
      if (!this.#observer) return invoke(this.#began(request));
      return this.#observer.observe(request, this.#nameOf(request.service), (trace) => this.#began(request, trace));
    } catch (error) {
      return Promise.reject(noteUnsent(error, request));
    }
  }

  #began(request: CallRequest, trace?: TraceContext): Call {
    try {
      return this.#begin(request, trace, request.options.signal);
    } catch (error) {
      throw noteUnsent(error, request);
    }
  }

  #begin(request: CallRequest, trace: TraceContext | undefined, signal: AbortSignal | undefined): Call {
    const call = new Call(request, this.#targets.of(this.#nameOf(request.service)), this.#beginApart, trace);
    this.#underWay.begin(call, signal);
    return call;
  }

  /** A call of its own, that ends with nobody's: what the cache asks for serves whoever waits. */
  readonly #beginApart: Call['apart'] = (request, trace) => this.#begin(request, trace, undefined);

  #change(settings: Partial<Settings>): void {
    this.#governance.change(settings);
    this.#targets.govern();
  }

  #nameOf(service: string | undefined): string {
    const name = service || this.#options.serviceName;
    if (name) return name;
    throw new WeftError('WEFT_INVALID_ARGUMENT', 'which service? give the client a serviceName, or the call { service }');
  }

  async #close(): Promise<void> {
    this.#leaveRegistry();
    await this.#underWay.finish(this.#clock);
    this.#targets.close();
    this.removeAllListeners();
  }
}

function closed({ method, service, path }: CallRequest): WeftError {
  return new WeftError('WEFT_CLOSED', `${method} ${service}${withoutQuery(path)}: the client is closed`);
}
