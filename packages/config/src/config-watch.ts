import { keepAwake } from '@weft/core';

/** What a `ConfigWatch` reads from. */
export interface WatchSource<T> {
  /** Called once, at the first read; rejects when the watch cannot start. */
  open(): Promise<void>;
  /** The value that is in force. */
  read(): Promise<T>;
  /** Called once, when the watch ends for whatever reason. */
  onEnd(): void;
}

interface Reader<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

/**
 * One reader's values of a key: the current one first, then each one that was accepted. A slow reader gets the newest when
 * it comes back and misses those between, never the last.
 */
export class ConfigWatch<T> implements AsyncIterableIterator<T> {
  private unread: { readonly value: T } | undefined;
  private last: { readonly value: T } | undefined;
  private readonly readers: Reader<T>[] = [];
  private state: 'new' | 'open' | 'ended' = 'new';
  private failure: { readonly error: unknown } | undefined;
  private isReading = false;
  private isOutdated = false;

  constructor(private readonly source: WatchSource<T>) {}

  /**
   * The next value, as soon as there is one. The first call starts the watch, and rejects when it cannot start. The process
   * lives on while somebody waits for it.
   */
  next(): Promise<IteratorResult<T>> {
    if (this.state === 'new') void this.begin();
    const { unread, failure } = this;
    this.unread = undefined;
    if (unread) return Promise.resolve({ done: false, value: unread.value });
    this.failure = undefined;
    if (failure) return Promise.reject(failure.error);
    if (this.state === 'ended') return Promise.resolve({ done: true, value: undefined });
    return this.awaitNext();
  }

  /** Ends the watch. */
  return(): Promise<IteratorResult<T>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads anew because the value may have changed; what changes while it reads is read after it. */
  refresh(): void {
    this.isOutdated = true;
    if (!this.isReading && this.state === 'open') void this.catchUp();
  }

  /** Ends the watch: whoever waits is told that there is no next value, or `failure`. Idempotent. */
  end(failure?: { readonly error: unknown }): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.unread = undefined;
    const [first, ...others] = this.readers.splice(0);
    if (failure && first) first.reject(failure.error);
    else first?.resolve({ done: true, value: undefined });
    if (failure && !first) this.failure = failure;
    for (const reader of others) reader.resolve({ done: true, value: undefined });
    this.source.onEnd();
  }

  private awaitNext(): Promise<IteratorResult<T>> {
    const letSleep = keepAwake();
    const next = new Promise<IteratorResult<T>>((resolve, reject) => this.readers.push({ resolve, reject }));
    return next.finally(letSleep);
  }

  private async begin(): Promise<void> {
    this.state = 'open';
    this.isReading = true;
    try {
      await this.source.open();
    } catch (error) {
      return this.end({ error });
    }
    await this.catchUp();
  }

  private async catchUp(): Promise<void> {
    this.isReading = true;
    do {
      this.isOutdated = false;
      await this.readOnce();
    } while (this.isOutdated && this.state === 'open');
    this.isReading = false;
  }

  private async readOnce(): Promise<void> {
    try {
      const value = await this.source.read();
      if (!this.last || !Object.is(this.last.value, value)) this.offer(value);
    } catch (error) {
      // A bad text has been told as `rejected`; once a value is in force, it stays.
      if (!this.last) this.end({ error });
    }
  }

  private offer(value: T): void {
    if (this.state !== 'open') return;
    this.last = { value };
    const reader = this.readers.shift();
    if (reader) reader.resolve({ done: false, value });
    else this.unread = this.last;
  }
}
