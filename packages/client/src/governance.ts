import { isDeepStrictEqual } from 'node:util';
import type { OnBreakerState } from '@weft/core';
import { RetryBudget } from '@weft/resilience';
import { assertClientOptions, assertPart } from './check-options.js';
import type { ClientOptions } from './options.js';
import { type ParsedPolicy, parsePolicies } from './parse-policies.js';
import type { CircuitBreakerOption, LoadBalancerOption } from './part-options.js';
import { balancerFactory, breakerFactory, type Chance, maxInstances } from './parts.js';
import { isPlain, plainCopy } from './plain-copy.js';
import { Plans } from './plans.js';
import type { Policies, ServicePolicy } from './policy.js';
import { parseCount, parseSettings, type Settings } from './settings.js';
import type { Target } from './target.js';

/** What a target's parts were made from: they are made anew only when that changes. */
interface Sources {
  readonly loadBalancer: LoadBalancerOption;
  readonly circuitBreaker: CircuitBreakerOption;
  readonly retryBudget: NonNullable<ServicePolicy['retryBudget']>;
}

/** Decides how services are called: by the client's own options, and by the policies over them. */
export class Governance {
  readonly #options: ClientOptions;
  readonly #chance: Chance;
  readonly #onBreaker: (service: string, ...change: Parameters<OnBreakerState>) => void;
  readonly #sources = new WeakMap<Target, Sources>();
  #settings: Settings;
  #policies: readonly ParsedPolicy[];
  #loadBalancer: LoadBalancerOption;
  #circuitBreaker: CircuitBreakerOption;

  /** @throws WEFT_CONFIG_INVALID */
  constructor(
    options: ClientOptions,
    chance: Chance,
    onBreaker: (service: string, ...change: Parameters<OnBreakerState>) => void,
  ) {
    this.#options = options;
    this.#chance = chance;
    this.#onBreaker = onBreaker;
    assertClientOptions(options);
    this.#settings = parseSettings(options);
    this.#policies = parsePolicies(options.policies ?? {});
    this.#loadBalancer = plainCopy(options.loadBalancer ?? 'round_robin');
    this.#circuitBreaker = plainCopy(options.circuitBreaker ?? true);
    assertPart('loadBalancer', this.#loadBalancer);
    assertPart('circuitBreaker', this.#circuitBreaker);
    this.#maxInstances(this.#loadBalancer);
  }

  /** The client's own numbers. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Sets some of the client's own numbers. */
  change(settings: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** @throws WEFT_CONFIG_INVALID, and then everything stays as it was */
  setPolicies(policies: Policies): void {
    this.#policies = parsePolicies(policies);
  }

  /** @throws WEFT_CONFIG_INVALID, and then everything stays as it was */
  setLoadBalancer(loadBalancer: LoadBalancerOption): void {
    assertPart('loadBalancer', loadBalancer);
    this.#maxInstances(loadBalancer);
    this.#loadBalancer = plainCopy(loadBalancer);
  }

  /** @throws WEFT_CONFIG_INVALID, and then everything stays as it was */
  setCircuitBreaker(circuitBreaker: CircuitBreakerOption): void {
    assertPart('circuitBreaker', circuitBreaker);
    this.#circuitBreaker = plainCopy(circuitBreaker);
  }

  /** Gives a target what holds for its next calls. What has not changed keeps its state. */
  govern(target: Target): void {
    const { service } = target;
    const sources: Sources = {
      loadBalancer: this.#said(service, 'loadBalancer') ?? this.#loadBalancer,
      circuitBreaker: this.#said(service, 'circuitBreaker') ?? this.#circuitBreaker,
      retryBudget: this.#said(service, 'retryBudget') ?? this.#options.retryBudget ?? {},
    };
    const before = this.#sources.get(target);
    this.#sources.set(target, sources);
    target.plans = new Plans(this.#settings, this.#policies, target.planState);
    if (!isSame(before?.loadBalancer, sources.loadBalancer)) {
      target.balancer = balancerFactory(sources.loadBalancer, this.#chance)();
      target.maxInstances = this.#maxInstances(sources.loadBalancer);
    }
    if (!isSame(before?.circuitBreaker, sources.circuitBreaker)) {
      const make = breakerFactory(sources.circuitBreaker, this.#chance);
      target.breaker = make((...change) => this.#onBreaker(service, ...change));
    }
    if (!isSame(before?.retryBudget, sources.retryBudget)) target.budget = new RetryBudget(sources.retryBudget);
  }

  /** What the policies say for a whole service; its own before those for every service. */
  #said<Member extends keyof ServicePolicy>(service: string, member: Member): ServicePolicy[Member] | undefined {
    const wide = this.#policies.filter(({ route, policy }) => !route && policy[member] !== undefined);
    return (wide.find((one) => one.service === service) ?? wide.find((one) => one.service === '*'))?.policy[member];
  }

  #maxInstances(loadBalancer: LoadBalancerOption): number {
    return parseCount(this.#options.maxInstances ?? maxInstances(loadBalancer), 'client.maxInstances');
  }
}

/** Whether two options say the same. Of two things with a state of their own each is itself. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (isPlain(a) && isPlain(b) && isDeepStrictEqual(a, b));
}
