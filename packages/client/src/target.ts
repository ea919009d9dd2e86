import type { AvailabilityEvent, OutlierOptions } from '@weft/breaker';
import { AvailabilitySet } from '@weft/breaker';
import type {
  Attempt,
  CircuitBreaker,
  ClientTransport,
  Clock,
  Endpoint,
  InstanceHandle,
  LoadBalancer,
  Random,
  Reply,
  ReplyCache,
  ServiceInstance,
} from '@weft/core';
import { WeftError } from '@weft/core';
import type { Registry, ServiceView } from '@weft/registry';
import type { DeadlineWheel, RetryBudget } from '@weft/resilience';
import type { CallLimits } from './call-limits.js';
import type { CallScene } from './call-scene.js';
import type { CallTarget } from './call-target.js';
import { PlanState } from './plan.js';
import type { Plans } from './plans.js';
import { probe } from './probe.js';
import { Shadow } from './shadow.js';

/** What a target is made of. */
export interface TargetParts {
  readonly registry: Registry;
  readonly transports: ReadonlyMap<string, ClientTransport>;
  readonly wheel: DeadlineWheel;
  readonly clock: Clock;
  readonly random: Random;
  readonly outlier: OutlierOptions | false;
  readonly cache: ReplyCache | undefined;
  readonly limits: CallLimits;
  /** Decides how its calls are governed, now and when that changes. */
  readonly govern: (target: Target) => void;
  /** Sends one try; the middlewares around a try are in it. */
  readonly send: (attempt: Attempt) => Promise<Reply>;
  readonly onAvailability: (event: AvailabilityEvent) => void;
}

/** Everything a client keeps about one service that it calls. */
export class Target implements CallTarget {
  readonly service: string;
  readonly view: ServiceView;
  readonly availability: AvailabilitySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: DeadlineWheel;
  readonly send: (attempt: Attempt) => Promise<Reply>;
  /** Answers that are kept; undefined without a cache. */
  readonly cache: ReplyCache | undefined;
  /** Counts its calls against rate limits. */
  readonly limits: CallLimits;
  readonly shadow: Shadow;
  /** What its plans share. */
  readonly planState: PlanState;
  /** How its calls are governed: what follows is decided by `govern`. */
  plans!: Plans;
  balancer!: LoadBalancer;
  breaker: CircuitBreaker | undefined;
  budget!: RetryBudget;
  /** How many different instances one call may try. */
  maxInstances = 1;
  /** Instant at which it was first called. */
  readonly openedAt: number;
  /** Whether no instance was ever listed: then one may be just starting. */
  isNew = true;
  readonly #transports: ReadonlyMap<string, ClientTransport>;
  readonly #unsubscribe: () => void;
  #listed: readonly ServiceInstance[] = [];

  /** @param parts their governance makes what is decided about the service */
  constructor(service: string, parts: TargetParts) {
    this.service = service;
    this.clock = parts.clock;
    this.openedAt = parts.clock.now();
    this.random = parts.random;
    this.wheel = parts.wheel;
    this.send = parts.send;
    this.cache = parts.cache;
    this.limits = parts.limits;
    this.shadow = new Shadow(this);
    this.planState = new PlanState(service, parts.clock);
    parts.govern(this);
    this.#transports = parts.transports;
    const ask = async (instance: ServiceInstance, timeoutMs: number) =>
      probe(instance, this.endpointOf(instance), this.#transportFor(instance), timeoutMs, parts.clock);
    this.availability = new AvailabilitySet({
      ...(parts.outlier === false ? { consecutive: false as const, slow: false as const } : parts.outlier),
      clock: parts.clock,
      random: parts.random,
      probe: ({ instance }: InstanceHandle, timeoutMs: number) => ask(instance, timeoutMs),
      onEvent: parts.onAvailability,
    });
    this.view = parts.registry.view(service, { probe: ask });
    this.#unsubscribe = this.view.onChange(() => this.#update());
    this.#update();
  }

  /** The first endpoint of an instance that a transport of ours speaks. @throws WEFT_NO_INSTANCE when there is none */
  endpointOf(instance: ServiceInstance): Endpoint {
    const { endpoints } = instance;
    if (this.#transports.has(endpoints[0].protocol)) return endpoints[0];
    for (const endpoint of endpoints) if (this.#transports.has(endpoint.protocol)) return endpoint;
    const offered = endpoints.map(({ protocol }) => protocol).join(', ');
    throw new WeftError(
      'WEFT_NO_INSTANCE',
      `${instance.id} speaks ${offered}; this client speaks ${[...this.#transports.keys()].join(', ')}`,
    );
  }

  /** Carries a try over the transport of its endpoint. */
  transmit(attempt: Attempt): Promise<Reply> {
    return this.#speaking(attempt.endpoint).send(attempt);
  }

  /** What it looks like now; making it costs next to nothing, reading it may. */
  scene(): CallScene {
    const atMs = this.clock.now();
    const { view, availability, breaker, budget } = this;
    const [instances, available] = [view.instances, availability.snapshot];
    return { atMs, instances, available, breaker: breaker?.state, budgetLeft: budget.left(atMs) };
  }

  /** Why there is nobody to call, with what the registry says as cause. */
  noInstance(): WeftError {
    const { known, instances, error } = this.view;
    const message = !known
      ? `the registry has not told the instances of ${this.service} yet`
      : instances.length === 0
        ? `no instance of ${this.service} is registered`
        : this.availability.snapshot.length > 0
          ? `${this.balancer.strategy} picks none of the ${instances.length} instances of ${this.service}: its options leave nobody`
          : `none of the ${instances.length} instances of ${this.service} can be called: ${this.#whyNot()}`;
    return new WeftError('WEFT_NO_INSTANCE', message, error ? { cause: error } : {});
  }

  /** Stops following the service. */
  close(): void {
    this.#unsubscribe();
    this.view.release();
    this.availability.close();
    this.shadow.close();
  }

  #whyNot(): string {
    return this.view.instances.map(({ id, status, endpoints }) => `${id} is ${status} (${endpoints[0].protocol})`).join(', ');
  }

  #transportFor(instance: ServiceInstance): ClientTransport {
    return this.#speaking(this.endpointOf(instance));
  }

  #speaking({ protocol }: Endpoint): ClientTransport {
    const transport = this.#transports.get(protocol);
    if (!transport) throw new WeftError('WEFT_NO_INSTANCE', `no transport for ${protocol}`);
    return transport;
  }

  #update(): void {
    const listed = this.view.instances.filter((instance) => this.#speaksWith(instance));
    if (this.view.instances.length > 0) this.isNew = false;
    this.availability.update(listed);
    this.#release(listed);
    this.#listed = listed;
  }

  #speaksWith({ endpoints }: ServiceInstance): boolean {
    for (const { protocol } of endpoints) if (this.#transports.has(protocol)) return true;
    return false;
  }

  /** Connections to addresses that nobody has any more are given back. A record that was updated keeps its address as a rule. */
  #release(listed: readonly ServiceInstance[]): void {
    const [left, come] = differingParts(this.#listed, listed);
    const moved = elsewhere(left, come);
    if (moved.length === 0) return;
    for (const instance of elsewhere(moved, listed)) {
      for (const transport of this.#transports.values()) transport.release?.(instance);
    }
  }
}

/** Two lists without what both begin and end with. */
function differingParts<T>(before: readonly T[], now: readonly T[]): readonly [readonly T[], readonly T[]] {
  const shorter = Math.min(before.length, now.length);
  let start = 0;
  while (start < shorter && before[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === now[now.length - 1 - end]) end++;
  return [before.slice(start, before.length - end), now.slice(start, now.length - end)];
}

/** Those that have the address of none of the others. */
function elsewhere(instances: readonly ServiceInstance[], others: readonly ServiceInstance[]): readonly ServiceInstance[] {
  const addresses = new Set(instances.length > 0 ? others.map(addressOf) : []);
  return instances.filter((instance) => !addresses.has(addressOf(instance)));
}

function addressOf({ host, endpoints }: ServiceInstance): string {
  return `${host} ${endpoints[0].port}`;
}
