import { type ConfigEntry, type ConfigEvent, keepAwake, sleep, WeftError } from '@weft/core';
import { ReconnectBackoff } from '@weft/resilience';
import { type FollowOptions, followStream } from './follow-stream.js';

/** What a `PrefixFollower` is made with. */
export interface FollowerOptions extends Omit<FollowOptions, 'signal' | 'apply'> {
  /** Told after each event: the key that changed, or undefined when all may have. */
  readonly onChange: (key: string | undefined) => void;
  /** Told at each event. */
  readonly onContact: () => void;
  /** Told when a session has ended. */
  readonly onLost: (error: WeftError) => void;
}

/**
 * Follows all keys of a prefix for ever: after a failure it waits as `ReconnectBackoff` says, lists and follows again. What
 * was known stays known while the backend is away.
 */
export class PrefixFollower {
  private known: Map<string, ConfigEntry> | undefined;
  private readonly closing = new AbortController();
  private readonly waiting = new Set<(error?: WeftError) => void>();
  private readonly backoff: ReconnectBackoff;

  constructor(private readonly options: FollowerOptions) {
    this.backoff = new ReconnectBackoff(options.random);
    void this.run();
  }

  /** What the backend holds, by full key; undefined until its first answer. */
  get entries(): ReadonlyMap<string, ConfigEntry> | undefined {
    return this.known;
  }

  /** Resolves as soon as `entries` is there. @throws WEFT_REGISTRY_UNAVAILABLE when a session ends before */
  async ready(): Promise<void> {
    while (!this.entries) await this.nextEvent();
  }

  /** Resolves when `isSeen` holds, or after `withinMs`, or when contact is lost. */
  async until(isSeen: () => boolean, withinMs: number): Promise<void> {
    const letSleep = keepAwake();
    const waited = new AbortController();
    const timer = this.options.clock.setTimer(withinMs, () => {
      waited.abort();
      this.wake();
    });
    try {
      while (!isSeen() && !waited.signal.aborted) await this.nextEvent();
    } catch {
      // The change is made; that it is not seen yet is told by `onLost`.
    } finally {
      letSleep();
      timer.cancel();
    }
  }

  /** Follows no more. Idempotent. */
  close(): void {
    this.closing.abort();
    this.wake(new WeftError('WEFT_CLOSED', 'the config client is closed'));
  }

  private nextEvent(): Promise<void> {
    const { promise, settle } = pending();
    if (this.closing.signal.aborted) settle(new WeftError('WEFT_CLOSED', 'the config client is closed'));
    else this.waiting.add(settle);
    return promise;
  }

  private wake(error?: WeftError): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const settle of waiting) settle(error);
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    const { clock, onLost } = this.options;
    while (!signal.aborted) {
      const error = await this.follow(signal);
      if (signal.aborted) return;
      onLost(error);
      this.wake(error);
      await sleep(this.backoff.nextMs(error), clock, signal).catch(() => {});
    }
  }

  private async follow(signal: AbortSignal): Promise<WeftError> {
    try {
      return await followStream({ ...this.options, signal, apply: (event) => this.apply(event) });
    } catch (error) {
      return WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE');
    }
  }

  private apply(event: ConfigEvent): void {
    const entries = 'list' in event ? new Map<string, ConfigEntry>() : (this.known ?? new Map<string, ConfigEntry>());
    if ('list' in event) for (const entry of event.list) entries.set(entry.key, entry);
    else if ('put' in event) entries.set(event.put.key, event.put);
    else entries.delete(event.removed);
    this.known = entries;
    this.backoff.reset();
    this.options.onContact();
    this.options.onChange('list' in event ? undefined : 'put' in event ? event.put.key : event.removed);
    this.wake();
  }
}

function pending(): { promise: Promise<void>; settle: (error?: WeftError) => void } {
  let settle: (error?: WeftError) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  return { promise, settle };
}
