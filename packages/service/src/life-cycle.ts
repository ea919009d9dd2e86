import { type Clock, type Listening, sleep, WeftError } from '@weft/core';
import { type Registrar, WITHDRAW_MS } from './registrar.js';
import { StopRecord, type StopReport } from './stop-report.js';

/** The steps of a life that differ from service to service. */
export interface LifeCycleSteps {
  /** Listens on one transport after another, telling each that listens. */
  listen(onListening: (listening: Listening) => void): Promise<void>;
  /** Resolves when the service knows whether it can serve; it need not be able to. */
  prepare(): Promise<void>;
  /** Makes it known, after `prepare`. */
  announce(): Promise<void>;
  /** Told once it serves and is announced. */
  onStarted(): void;
  /** Told when the service begins to leave, before anything else. */
  onDraining(): void;
  /** Gives back what is left when all wires are closed, after a stop as after a failed start. */
  release(): void;
  /** Told when everything is given back. */
  onStopped(report: StopReport): void;
  /** Requests that are worked at now. */
  atWork(): number;
}

/** What a life cycle is made with. */
export interface LifeCycleOptions {
  readonly clock: Clock;
  readonly registrar: Registrar;
  readonly steps: LifeCycleSteps;
  /** Time to go on serving after the record is gone, in ms; what the registry says when undefined. */
  readonly propagationMs: number | undefined;
  /** Time for calls in flight, in ms. */
  readonly graceMs: number;
}

/**
 * Start: listen, ready, register. Stop, in the order that loses no call: record `draining`, record gone, serve on for as
 * long as callers may not know, stop accepting, finish what runs (semantics 24). Both may be called at any time and
 * as often as one likes: calls join what is under way.
 */
export class LifeCycle {
  readonly #options: LifeCycleOptions;
  readonly #listening: Listening[] = [];
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** Aborted when the service shall leave, while it starts. */
  #leave = new AbortController();
  /** Aborted when the service shall leave without waiting. */
  #hurry = new AbortController();
  #isRunning = false;

  constructor(options: LifeCycleOptions) {
    this.#options = options;
  }

  /** Whether the service has started and not begun to stop. */
  get isRunning(): boolean {
    return this.#isRunning && !this.#stopping;
  }

  /** Whether the service is on its way out. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** How long a stop in order may take, in ms, beside what closing takes. */
  get longestStopMs(): number {
    const { propagationMs, registrar, graceMs } = this.#options;
    return WITHDRAW_MS + (propagationMs ?? registrar.propagationMs) + graceMs;
  }

  /** @throws WEFT_CLOSED when it is stopped meanwhile; else what listening or announcing threw, after unwinding */
  start(): Promise<void> {
    if (this.#stopping) return this.#stopping.then(() => this.start());
    this.#starting ??= this.#start().catch(async (error) => {
      await this.#unwind();
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** Resolves when everything is given back; `immediate` waits for nothing and cuts what runs. Never rejects. */
  stop({ immediate = false } = {}): Promise<void> {
    if (immediate) this.#hurry.abort();
    if (!this.#starting && !this.#stopping) return Promise.resolve();
    this.#leave.abort();
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #start(): Promise<void> {
    const { steps } = this.#options;
    await steps.listen((listening) => this.#listening.push(listening));
    await this.#unlessLeaving(steps.prepare());
    this.#isRunning = true;
    await this.#unlessLeaving(steps.announce());
    steps.onStarted();
  }

  /** Waits for a step no longer than until `stop()`. */
  async #unlessLeaving(step: Promise<void>): Promise<void> {
    const { signal } = this.#leave;
    step.catch(() => {});
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([step, left]);
    if (signal.aborted) throw new WeftError('WEFT_CLOSED', 'the service was stopped while it started');
  }

  async #stop(): Promise<void> {
    const record = new StopRecord(this.#options.clock);
    await this.#starting?.catch(() => {});
    const wasRunning = this.#isRunning;
    this.#isRunning = false;
    try {
      if (wasRunning) await this.#leaveInOrder(record);
    } finally {
      this.#starting = undefined;
      this.#stopping = undefined;
      this.#leave = new AbortController();
      this.#hurry = new AbortController();
      this.#options.steps.onStopped(record.report);
    }
  }

  async #leaveInOrder(record: StopRecord): Promise<void> {
    const { registrar, steps } = this.#options;
    const hurry = this.#hurry.signal;
    steps.onDraining();
    for (const listening of this.#listening) if (canLeave(listening)) listening.leave();
    const withdrawn = record.time('withdraw', registrar.withdraw());
    const cut = () => {
      record.cut(steps.atWork());
      void this.#closeAll();
    };
    hurry.addEventListener('abort', cut, { once: true });
    if (hurry.aborted) cut();
    else await withdrawn;
    if (!hurry.aborted) await record.time('propagation', this.#serveOn(hurry));
    if (!hurry.aborted) await record.time('drain', this.#drain(record));
    await record.time('close', Promise.all([withdrawn, this.#closeAll()]));
    this.#listening.length = 0;
    steps.release();
  }

  /** Until callers know, or somebody is in a hurry. */
  #serveOn(hurry: AbortSignal): Promise<void> {
    const { propagationMs, registrar, clock } = this.#options;
    return sleep(propagationMs ?? registrar.propagationMs, clock, hurry).catch(() => {});
  }

  /** Counts who is cut off at the end of the grace, just before that happens. */
  async #drain(record: StopRecord): Promise<void> {
    const { steps, clock, graceMs } = this.#options;
    const grace = clock.setTimer(graceMs, () => record.cut(steps.atWork()));
    await Promise.all(this.#listening.map((listening) => listening.drain(graceMs)));
    grace.cancel();
  }

  async #unwind(): Promise<void> {
    this.#isRunning = false;
    const { registrar, steps } = this.#options;
    await Promise.all([registrar.withdraw(), this.#closeAll()]);
    this.#listening.length = 0;
    steps.release();
  }

  async #closeAll(): Promise<void> {
    await Promise.all(this.#listening.map((listening) => listening.close()));
  }
}

/** A wire on which answers can tell callers to leave, ahead of the drain. */
interface Leaving extends Listening {
  leave(): void;
}

function canLeave(listening: Listening): listening is Leaving {
  return 'leave' in listening;
}
