import { type Clock, hideSecrets, type Logger, messageOf, WeftError } from '@weft/core';

/** One thing that starts and stops with others. */
export interface Step {
  /** For messages: `registry "consul"`. */
  readonly name: string;
  /** Called once, in order. The signal fires when it takes too long. */
  start?(signal: AbortSignal): Promise<void> | void;
  /** Called once, in reverse order, also when `start` failed or never ran. */
  stop?(signal: AbortSignal): Promise<void> | void;
  /** How long `start` may take, in ms; 10 s unless set. */
  readonly startMs?: number;
  /** How long `stop` may take, in ms; 5 s unless set. */
  readonly stopMs?: number;
}

/** What a life cycle runs with. */
export interface LifeCycleOptions {
  /** Measures the deadlines. */
  readonly clock: Clock;
  /** Told what fails while a failed start is unwound. */
  readonly logger: Logger;
}

/** How long a step took, in ms. */
export interface StepTimes {
  /** How long opening took; 0 before. */
  openMs: number;
  /** How long starting took; 0 before. */
  startMs: number;
  /** How long stopping took; 0 before. */
  stopMs: number;
}

const START_MS = 10_000;
const STOP_MS = 5_000;

/** Starts steps in order and stops them in reverse, each with its own deadline. */
export class LifeCycle {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #steps: Step[] = [];
  readonly #times = new Map<string, StepTimes>();
  #stopping: Promise<void> | undefined;

  constructor({ clock, logger }: LifeCycleOptions) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Whether `stop` has been called. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Adds a step behind the one of that name, else behind all. */
  add(step: Step, behind?: string): void {
    const at = this.#steps.findIndex(({ name }) => name === behind);
    this.#steps.splice(at === -1 ? this.#steps.length : at + 1, 0, step);
  }

  /** How long a step took so far. */
  timesOf(name: string): StepTimes {
    const times = this.#times.get(name) ?? { openMs: 0, startMs: 0, stopMs: 0 };
    this.#times.set(name, times);
    return times;
  }

  /** How long stopping took so far, in whole ms by step, in the order in which they stop. */
  stopTimes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#steps].reverse().map(({ name }) => [name, Math.round(this.timesOf(name).stopMs)]));
  }

  /**
   * Runs `task`, which opens the step `name`. A failure stops what was added before.
   * @throws WEFT_DEADLINE_EXCEEDED naming the step
   * @throws what `task` throws; WEFT_PLUGIN_INVALID when that is no WeftError
   */
  async open<T>(name: string, task: (signal: AbortSignal) => Promise<T> | T): Promise<T> {
    const sinceAt = this.#clock.now();
    try {
      return await this.#bounded(name, 'open', START_MS, task);
    } catch (error) {
      await this.#unwind();
      throw error;
    } finally {
      this.timesOf(name).openMs = this.#clock.now() - sinceAt;
    }
  }

  /**
   * Starts all steps in order. A failure stops all of them in reverse.
   * @throws as `open`
   */
  async start(): Promise<void> {
    for (const step of [...this.#steps]) {
      if (this.isStopping) throw new WeftError('WEFT_CLOSED', `stopped before ${step.name} was started`);
      const sinceAt = this.#clock.now();
      try {
        await this.#bounded(step.name, 'start', step.startMs ?? START_MS, (signal) => step.start?.(signal));
      } catch (error) {
        await this.#unwind();
        throw error;
      }
      this.timesOf(step.name).startMs = this.#clock.now() - sinceAt;
    }
  }

  /**
   * Stops all steps in reverse and goes on after failures. Idempotent.
   * @throws AggregateError of all failures, each naming its step
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * Stops the steps of these names alone, side by side, each within `limitMs` whatever it has otherwise: for a process that must
   * end now. Never rejects.
   */
  async stopOnly(names: readonly string[], limitMs: number): Promise<void> {
    const steps = this.#steps.filter(({ name }) => names.includes(name));
    const stopped = steps.map((step) => this.#bounded(step.name, 'stop', limitMs, (signal) => step.stop?.(signal)));
    for (const result of await Promise.allSettled(stopped))
      if (result.status === 'rejected') this.#logger.error('while the process ends', { error: messageOf(result.reason) });
  }

  async #stop(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of [...this.#steps].reverse()) {
      const sinceAt = this.#clock.now();
      try {
        await this.#bounded(step.name, 'stop', step.stopMs ?? STOP_MS, (signal) => step.stop?.(signal));
      } catch (error) {
        errors.push(error);
      }
      this.timesOf(step.name).stopMs = this.#clock.now() - sinceAt;
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
  }

  async #unwind(): Promise<void> {
    await this.stop().catch((error: unknown) => this.#logger.error('while unwinding', { error: messageOf(error) }));
  }

  /** The race of a task and its deadline. Timers alone keep no process alive, so a port does meanwhile. */
  async #bounded<T>(name: string, verb: string, limitMs: number, task: (signal: AbortSignal) => Promise<T> | T): Promise<T> {
    const controller = new AbortController();
    const { port1: alive } = new MessageChannel();
    alive.ref();
    const { promise: late, reject } = withReject();
    const timer = this.#clock.setTimer(limitMs, () => {
      const error = new WeftError('WEFT_DEADLINE_EXCEEDED', `${name} did not ${verb} within ${limitMs / 1_000} s`);
      controller.abort(error);
      reject(error);
    });
    const named = (error: unknown) => Promise.reject(failureOf(`${name} failed to ${verb}`, error));
    try {
      return await Promise.race([run(task, controller.signal).catch(named), late]);
    } finally {
      timer.cancel();
      alive.close();
    }
  }
}

async function run<T>(task: (signal: AbortSignal) => Promise<T> | T, signal: AbortSignal): Promise<T> {
  return task(signal);
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}

/** The failure with the step's name before it and without what looks like a secret; a code is kept. */
function failureOf(what: string, error: unknown): WeftError {
  const { code, retryable, ambiguous, attempts, problems } = WeftError.from(error, 'WEFT_PLUGIN_INVALID');
  const shown = problems?.map(({ path, message }) => ({ path, message: hideSecrets(message) }));
  const rest = { retryable, ambiguous, attempts, ...(shown && { problems: shown }) };
  return new WeftError(code, `${what}: ${hideSecrets(messageOf(error))}`, { ...rest, cause: error });
}
