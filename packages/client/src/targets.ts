import type { AvailabilityEvent } from '@weft/breaker';
import { type Attempt, type Logger, type Reply, WeftError } from '@weft/core';
import { DeadlineWheel } from '@weft/resilience';
import { CallLimits } from './call-limits.js';
import type { TellEvent } from './client-events.js';
import type { Governance } from './governance.js';
import type { ClientOptions } from './options.js';
import { byProtocol, type Chance } from './parts.js';
import { Target, type TargetParts } from './target.js';
import { tellOfAvailability } from './tell-events.js';

/** What the targets of a client are made with, beside its options. */
export interface TargetsParts {
  readonly options: ClientOptions;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Decides how each is called. */
  readonly governance: Governance;
  /** Sends one try; the middlewares around a try are in it. */
  readonly send: (attempt: Attempt) => Promise<Reply>;
  readonly tell: TellEvent;
}

/** The services that a client calls, each followed from when it is first asked for until the client is closed. */
export class Targets {
  readonly #parts: Omit<TargetParts, 'onAvailability'>;
  readonly #governance: Governance;
  readonly #tell: TellEvent;
  readonly #byName = new Map<string, Target>();
  #isClosed = false;

  /** @throws WEFT_CONFIG_INVALID */
  constructor({ options, chance, logger, governance, send, tell }: TargetsParts) {
    this.#governance = governance;
    this.#tell = tell;
    this.#parts = {
      registry: options.registry,
      transports: byProtocol(options.transport),
      wheel: new DeadlineWheel(chance.clock),
      outlier: options.outlier ?? {},
      cache: options.cache,
      limits: new CallLimits(options.rateLimits, chance.clock, logger),
      govern: (target) => governance.govern(target),
      send,
      ...chance,
    };
  }

  /** Whether it was asked for before. */
  has(service: string): boolean {
    return this.#byName.has(service);
  }

  /** @throws WEFT_CLOSED for one that was not asked for before `close()` */
  of(service: string): Target {
    const known = this.#byName.get(service);
    if (known) return known;
    if (this.#isClosed) throw new WeftError('WEFT_CLOSED', `${service}: the client is closed`);
    const onAvailability = (event: AvailabilityEvent) => tellOfAvailability(service, event, this.#tell);
    const target = new Target(service, { ...this.#parts, onAvailability });
    this.#byName.set(service, target);
    return target;
  }

  /** Gives each what holds for its next calls, after that has changed. */
  govern(): void {
    for (const target of this.#byName.values()) this.#governance.govern(target);
  }

  /** Follows none of them any more. */
  close(): void {
    this.#isClosed = true;
    for (const target of this.#byName.values()) target.close();
    this.#byName.clear();
    this.#parts.wheel.close();
  }
}
