import type { CallExplanation, ServiceClient } from '@weft/client';
import type { ConfigClient } from '@weft/config';
import { type Logger, messageOf, type Slots, type Tracer, WeftError } from '@weft/core';
import type { Registry } from '@weft/registry';
import type { Service } from '@weft/service';
import { endOnExceptions } from './end-on-exceptions.js';
import type { HostMetrics } from './host-metrics.js';
import { REGISTRY_STEP, type System } from './open-system.js';
import { titleOf } from './order-by-needs.js';
import { errorOf } from './problems.js';
import { stopOnSignals } from './stop-on-signals.js';
import { surviveRejections } from './survive-rejections.js';

/** Drivers that may hold what was recorded and not sent yet. */
const TELEMETRY: ReadonlySet<keyof Slots> = new Set(['tracing', 'metrics', 'logging'] as const);
/** How long a process that crashes takes its record away, and how long it sends what was recorded. */
const CRASH_MS = 2_000;

/** One driver of a host, as it was loaded. */
export interface DriverDescription {
  /** The slot that it fills. */
  readonly slot: keyof Slots;
  /** Its own name. */
  readonly name: string;
  /** Path in the config that asked for it. */
  readonly path: string;
  /** The file of its module; absolute. */
  readonly file: string;
  /** How long opening took, in ms. */
  readonly openMs: number;
  /** How long starting took, in ms; 0 before the start. */
  readonly startMs: number;
  /** How long stopping took, in ms; 0 before the stop. */
  readonly stopMs: number;
}

/** What a host consists of. */
export interface HostDescription {
  /** The config file, or `config` when it was given as an object. */
  readonly source: string;
  /** In the order in which they were opened; they are stopped in reverse. */
  readonly drivers: readonly DriverDescription[];
}

/** What a host is made of, beside its system. */
export interface HostOptions {
  /** The config file, or `config` when it was given as an object. */
  readonly source: string;
  /** Whether `start()` installs handlers for SIGTERM, SIGINT, uncaught exceptions and unhandled rejections. */
  readonly signals: boolean;
}

/** A running system: the service of this process and all that it calls with, made from one config. */
export class Host {
  readonly #system: System;
  readonly #options: HostOptions;
  readonly #clients = new Map<string, ServiceClient>();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #forgetSignals: () => void = () => {};
  #isLeaving = false;

  constructor(system: System, options: HostOptions) {
    this.#system = system;
    this.#options = options;
  }

  /** The service of this process; undefined when the config has no `service` block. */
  get service(): Service | undefined {
    return this.#system.service;
  }

  /** Where services are announced and found. */
  get registry(): Registry {
    return this.#part('registry', 'registry');
  }

  /** The config center. @throws WEFT_PLUGIN_NOT_INSTALLED when the config has no such block and the default is not installed */
  get config(): ConfigClient {
    return this.#part('config', 'config');
  }

  /** Makes spans; recorded only when tracing is on. */
  get tracer(): Tracer {
    return this.#system.tracer;
  }

  /** Where measurements go, and where they are read if the driver offers that. */
  get metrics(): HostMetrics {
    return this.#system.metrics;
  }

  /** Where log lines go. */
  get logger(): Logger {
    return this.#system.logger;
  }

  /** The client of a service, the same one for the same name. @throws WEFT_PLUGIN_NOT_INSTALLED without a transport */
  client(name: string): ServiceClient {
    const known = this.#clients.get(name) ?? this.#part('client', 'transport').service(name);
    this.#clients.set(name, known);
    return known;
  }

  /**
   * What became of a call: who could have been called, what was tried, and which rule decided.
   * @param ended the error or the response of a call of this host
   * @throws WEFT_INVALID_ARGUMENT when it did not come from a client
   */
  explain(ended: unknown): CallExplanation {
    return this.#part('client', 'transport').explain(ended);
  }

  /** What was loaded, from which file, in which order, and how long it took. */
  describe(): HostDescription {
    const { drivers, lifeCycle } = this.#system;
    return {
      source: this.#options.source,
      drivers: drivers.map((driver) => {
        const { slot, name, path, file } = driver;
        return { slot, name, path, file, ...lifeCycle.timesOf(titleOf(driver)) };
      }),
    };
  }

  /**
   * Starts everything in the order of needs, the service last; from then on SIGTERM and SIGINT stop it. Idempotent. When a
   * part does not start, all are stopped again.
   * @throws WEFT_DEADLINE_EXCEEDED naming the part that does not start in time
   * @throws WEFT_CLOSED after `stop()`
   */
  async start(): Promise<void> {
    this.#starting ??= this.#start();
    await this.#starting;
    this.#refuseIfStopped();
  }

  /**
   * Stops everything in reverse: the service drains first. Goes on after failures. What took how long is logged. Idempotent.
   * @throws AggregateError of all failures
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Same as `stop`. */
  close(): Promise<void> {
    return this.stop();
  }

  /** A start that a signal cuts short stays unsettled: its error would end the process before it has stopped in order. */
  async #start(): Promise<void> {
    this.#refuseIfStopped();
    if (this.#options.signals) this.#forgetSignals = this.#mindTheProcess();
    try {
      await this.#system.lifeCycle.start();
    } catch (error) {
      if (this.#isLeaving) return new Promise<never>(() => {});
      this.#forgetSignals();
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const { lifeCycle } = this.#system;
    try {
      await lifeCycle.stop();
    } finally {
      this.#forgetSignals();
      if (this.#starting) this.logger.info('the host has stopped', { ms: lifeCycle.stopTimes() });
    }
  }

  #refuseIfStopped(): void {
    if (this.#system.lifeCycle.isStopping && !this.#isLeaving) throw new WeftError('WEFT_CLOSED', 'the host was stopped');
  }

  /** What a process of its own wants: an orderly end, and no sudden one. */
  #mindTheProcess(): () => void {
    const { logger } = this;
    const forgetSignals = stopOnSignals(() => this.#stopLoudly());
    const crash = () => {
      forgetSignals();
      return this.#leaveAtOnce();
    };
    const forget = [forgetSignals, surviveRejections(logger), endOnExceptions({ logger, leave: crash })];
    return () => {
      for (const each of forget) each();
    };
  }

  /** What must not be lost with the process: its record goes, lest callers have to find out, and what was recorded is sent. */
  async #leaveAtOnce(): Promise<void> {
    this.#isLeaving = true;
    const { lifeCycle, drivers } = this.#system;
    const telemetry = drivers.filter(({ slot }) => TELEMETRY.has(slot)).map(titleOf);
    await lifeCycle.stopOnly([REGISTRY_STEP], CRASH_MS);
    await lifeCycle.stopOnly(telemetry, CRASH_MS);
  }

  async #stopLoudly(): Promise<void> {
    this.#isLeaving = true;
    try {
      await this.stop();
    } catch (error) {
      this.logger.error('the host did not stop cleanly', { error: messageOf(error) });
      throw error;
    }
  }

  #part<Name extends 'registry' | 'config' | 'client'>(name: Name, slot: keyof Slots): NonNullable<System[Name]> {
    const part = this.#system[name];
    if (part) return part as NonNullable<System[Name]>;
    const problem = this.#system.absent.get(slot) ?? { path: slot, message: `nothing fills the slot "${slot}"` };
    throw errorOf(this.#options.source, [problem]);
  }
}
