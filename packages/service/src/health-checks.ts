import { type Clock, epochMs, hideSecrets, messageOf, type Timer, WeftError } from '@weft/core';

/** Passes unless it throws, rejects, resolves to `false`, or takes too long. */
export type HealthCheck = () => unknown;

/** What one check came to. */
export type CheckResult = { readonly status: 'healthy' } | { readonly status: 'failed'; readonly error: string };

/** What all checks came to. */
export interface HealthReport {
  /** `unhealthy` when any check failed. */
  readonly status: 'healthy' | 'unhealthy';
  /** When they ran, in ISO 8601. */
  readonly timestamp: string;
  /** Every check by name, also when another failed. */
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** What health checks are made with. */
export interface HealthChecksOptions {
  /** Measures intervals and time limits. */
  readonly clock: Clock;
  /** Time between two runs, in ms. */
  readonly intervalMs: number;
  /** Time each check may take, in ms. */
  readonly timeoutMs: number;
  /** Told after each run. */
  readonly onReport: (report: HealthReport) => void;
}

const CACHE_MS = 1_000;

/** The checks of a service: run concurrently, each in bounded time, at most once a second however many ask. */
export class HealthChecks {
  readonly #options: HealthChecksOptions;
  #checks: Readonly<Record<string, HealthCheck>> = {};
  #run: { readonly startedAt: number; readonly report: Promise<HealthReport>; isOver: boolean } | undefined;
  #timer: Timer | undefined;

  constructor(options: HealthChecksOptions) {
    this.#options = options;
  }

  /** The checks by name; a copy. */
  get(): Record<string, HealthCheck> {
    return { ...this.#checks };
  }

  /**
   * Replaces all checks; the next `check` runs them.
   * @throws WEFT_INVALID_ARGUMENT when one is no function
   */
  set(checks: Readonly<Record<string, HealthCheck>>): void {
    for (const [name, check] of Object.entries(checks)) assertCheck(name, check);
    this.#checks = { ...checks };
    this.#run = undefined;
  }

  /** Runs all checks, or gives the report of the run that is under way or less than a second old. */
  check(): Promise<HealthReport> {
    const startedAt = this.#options.clock.now();
    if (this.#run && (!this.#run.isOver || startedAt - this.#run.startedAt < CACHE_MS)) return this.#run.report;
    const run = { startedAt, report: this.#runAll(), isOver: false };
    this.#run = run;
    run.report.then((report) => {
      run.isOver = true;
      if (run === this.#run) this.#options.onReport(report);
    });
    return run.report;
  }

  /** Runs the checks now and then at each interval; resolves when the first run is over. */
  async watch(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(this.#options.intervalMs, () => void this.watch());
    await this.check();
  }

  /** Ends `watch`. */
  close(): void {
    this.#timer?.cancel();
  }

  async #runAll(): Promise<HealthReport> {
    const timestamp = new Date(epochMs()).toISOString();
    const entries = Object.entries(this.#checks).map(async ([name, check]) => [name, await this.#runOne(check)] as const);
    const checks = Object.fromEntries(await Promise.all(entries));
    const isHealthy = Object.values(checks).every(({ status }) => status === 'healthy');
    return { status: isHealthy ? 'healthy' : 'unhealthy', timestamp, checks };
  }

  async #runOne(check: HealthCheck): Promise<CheckResult> {
    const { clock, timeoutMs } = this.#options;
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimer(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
    });
    try {
      const result = await Promise.race([Promise.resolve().then(check), late]);
      return result === false ? { status: 'failed', error: 'the check returned false' } : { status: 'healthy' };
    } catch (error) {
      return { status: 'failed', error: hideSecrets(messageOf(error)) };
    } finally {
      timer?.cancel();
    }
  }
}

function assertCheck(name: string, check: unknown): void {
  if (typeof check === 'function') return;
  const message = `${JSON.stringify(check)}: expected a function`;
  const path = `healthChecks.${name}`;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `${path}: ${message}`, { problems: [{ path, message }] });
}
