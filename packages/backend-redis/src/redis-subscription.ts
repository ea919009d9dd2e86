import type { Clock, Timer, WeftError } from '@weft/core';

/** What was published. */
export interface RedisMessage {
  /** Where. */
  readonly channel: string;
  /** What. */
  readonly text: string;
}

const MAX_UNREAD = 4_096;

/** What one reader gets of the channels that it has subscribed to. Nothing grows without bound when it is slow. */
export class RedisSubscription {
  private unread: RedisMessage[] = [];
  private hasMissed = false;
  private isEnded = false;
  private failure: WeftError | undefined;
  private wake: () => void = () => {};

  /** @param leave called once, when it ends for whatever reason */
  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly leave: () => void,
  ) {
    signal.addEventListener('abort', this.close, { once: true });
    if (signal.aborted) this.close();
  }

  /** Whether it is closed, or its signal aborted. */
  get isClosed(): boolean {
    return this.isEnded;
  }

  /**
   * What has come since the last time, at the latest after `waitMs`; undefined when something was lost because the reader
   * was slow: what it knows is out of date then.
   * @throws WEFT_REGISTRY_UNAVAILABLE when the connection is lost
   */
  async take(waitMs: number): Promise<readonly RedisMessage[] | undefined> {
    if (this.unread.length === 0 && !this.hasMissed && !this.isEnded && !this.failure) await this.news(waitMs);
    if (this.failure && !this.isEnded) throw this.failure;
    const unread = this.hasMissed ? undefined : this.unread;
    this.unread = [];
    this.hasMissed = false;
    return unread;
  }

  /** Takes a message in. */
  push(message: RedisMessage): void {
    if (this.isEnded) return;
    if (this.unread.length >= MAX_UNREAD) {
      this.unread = [];
      this.hasMissed = true;
    } else if (!this.hasMissed) this.unread.push(message);
    this.wake();
  }

  /** Ends it because the connection is lost. */
  fail(error: WeftError): void {
    this.failure ??= error;
    this.wake();
  }

  /** Ends it. Idempotent. */
  readonly close = (): void => {
    if (this.isEnded) return;
    this.isEnded = true;
    this.unread = [];
    this.signal.removeEventListener('abort', this.close);
    this.leave();
    this.wake();
  };

  private news(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      this.wake = () => {
        timer?.cancel();
        this.wake = () => {};
        resolve();
      };
      timer = this.clock.setTimer(waitMs, () => this.wake());
    });
  }
}
