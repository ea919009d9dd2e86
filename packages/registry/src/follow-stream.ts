import { type RegistryEvent, type Timer, WeftError } from '@weft/core';
import { timedOut } from '@weft/resilience';
import type { RegistryContext } from './registry-context.js';

const RELIST_MS = 60_000;
const RELIST_JITTER_RATIO = 0.1;

/** Whose stream is followed. */
export interface StreamOwner {
  /** The service. */
  readonly name: string;
  /** Takes an event. If it takes a while, the promise says when the next one may come. */
  apply(event: RegistryEvent): Promise<void> | undefined;
  /** Lists in full; its failure ends the session. */
  relist(signal: AbortSignal): Promise<void>;
  /** Called when the stream itself broke, so that there was contact until this moment. */
  broke(): void;
}

/**
 * One session on the driver's stream, until it ends for whatever reason, which is what the promise gives; `control` is
 * aborted then, and ends it when it is aborted. The first event has to come within the timeout, and each minute (10 %
 * jitter) a full list has to succeed: a stream that has gone silent is noticed, and a change that it swallowed is made
 * good. A driver that ignores the signal holds nothing up.
 */
export function followStream(owner: StreamOwner, context: RegistryContext, control: AbortController): Promise<WeftError> {
  return new Promise((resolve) => new StreamSession(owner, context, control, resolve).begin());
}

/** A class: a thousand services are followed at a time. */
class StreamSession {
  private events: AsyncIterator<RegistryEvent> | undefined;
  private watchdog: Timer | undefined;
  private relisting: Timer | undefined;
  private isOver = false;

  constructor(
    private readonly owner: StreamOwner,
    private readonly context: RegistryContext,
    private readonly control: AbortController,
    private readonly resolve: (error: WeftError) => void,
  ) {}

  begin(): void {
    const { name } = this.owner;
    const { clock, driver, from, timeoutMs } = this.context;
    const { signal } = this.control;
    if (signal.aborted) {
      this.end(closed(name));
      return;
    }
    signal.addEventListener('abort', () => this.end(closed(name)), { once: true });
    this.watchdog = clock.setTimer(timeoutMs, () => this.end(timedOut({ what: `watching "${name}"`, from, timeoutMs })));
    this.relistLater();
    try {
      this.events = driver.watch(name, { signal })[Symbol.asyncIterator]();
      this.pump();
    } catch (error) {
      this.fail(error);
    }
  }

  /** No loop with `await`: it would hold on to the last event, a list of all instances as a rule, until the next one. */
  private readonly pump = (): void => {
    this.events?.next().then(this.take, this.fail);
  };

  private readonly take = ({ done, value }: IteratorResult<RegistryEvent>): void => {
    if (this.isOver) {
      this.events?.return?.().catch(() => {});
      return;
    }
    this.watchdog?.cancel();
    this.watchdog = undefined;
    try {
      if (done) throw ended(this.owner.name);
      const applied = this.owner.apply(value);
      if (applied) applied.then(this.pump, this.fail);
      else this.pump();
    } catch (error) {
      this.fail(error);
    }
  };

  private readonly fail = (error: unknown): void => {
    if (!this.isOver) this.owner.broke();
    this.end(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE'));
  };

  private relistLater(): void {
    const { clock, random } = this.context;
    if (this.isOver) return;
    const waitMs = RELIST_MS * (1 + RELIST_JITTER_RATIO * (2 * random() - 1));
    this.relisting = clock.setTimer(waitMs, () => {
      this.owner.relist(this.control.signal).then(
        () => this.relistLater(),
        (error: WeftError) => this.end(error),
      );
    });
  }

  /** The first reason counts. */
  private end(error: WeftError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.watchdog?.cancel();
    this.relisting?.cancel();
    this.resolve(error);
    this.control.abort(error);
  }
}

function closed(name: string): WeftError {
  return new WeftError('WEFT_CLOSED', `following "${name}" was given up: closed`);
}

/** A stream that ends without a word counts as a connection that was lost. */
function ended(name: string): WeftError {
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', `watching "${name}": the stream ended`, { failure: 'reset' });
}
