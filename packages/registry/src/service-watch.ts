import { keepAwake } from '@weft/core';
import type { InstanceChange } from './instance-set.js';
import type { ServiceInfo } from './service-info.js';
import type { ServiceUpstream } from './service-upstream.js';

const MAX_UNREAD = 64;

/** One step of a watch, with the full list as it is after it. */
export interface ServiceEvent {
  /** `snapshot` comes first, and instead of single changes when the reader is too slow for them. */
  readonly type: 'snapshot' | 'added' | 'updated' | 'removed';
  /** The record that changed; of a removed one, as it was last. Absent in a snapshot. */
  readonly instance?: ServiceInfo;
  /** All instances, of every status. */
  readonly instances: readonly ServiceInfo[];
}

/**
 * One reader's events of a service. A reader that is slow gets what it missed as one snapshot of the state as it then
 * is: nothing is lost silently, and nothing grows without bound.
 */
export class ServiceWatch implements AsyncIterableIterator<ServiceEvent> {
  private unread: ServiceEvent[] = [];
  private readonly waiting: ((result: IteratorResult<ServiceEvent>) => void)[] = [];
  private isBegun = false;
  private isEnded = false;
  private readonly unsubscribe: () => void;

  /** @param onEnd called once, when it ends for whatever reason */
  constructor(
    private readonly upstream: ServiceUpstream,
    private readonly onEnd: () => void,
  ) {
    this.unsubscribe = upstream.subscribe((changes) => this.take(changes));
    if (upstream.known) this.take([]);
  }

  /** The next event, as soon as there is one. The process lives on while somebody waits for it. */
  next(): Promise<IteratorResult<ServiceEvent>> {
    const event = this.unread.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined });
    const letSleep = keepAwake();
    return new Promise((resolve) => {
      this.waiting.push((result) => {
        letSleep();
        resolve(result);
      });
    });
  }

  /** Ends the watch. */
  return(): Promise<IteratorResult<ServiceEvent>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the watch: whoever waits for the next event is told that there is none. Idempotent. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.unread = [];
    this.unsubscribe();
    for (const resolve of this.waiting.splice(0)) resolve({ done: true, value: undefined });
    this.onEnd();
  }

  private take(changes: readonly InstanceChange[]): void {
    if (this.upstream.isStopped) this.end();
    if (this.isEnded) return;
    const { instances } = this.upstream;
    if (!this.isBegun || this.unread.length + changes.length > MAX_UNREAD) {
      this.isBegun = true;
      this.unread = [{ type: 'snapshot', instances }];
    } else {
      for (const { type, instance } of changes) this.unread.push({ type, instance, instances });
    }
    this.deliver();
  }

  private deliver(): void {
    while (this.waiting.length > 0) {
      const event = this.unread.shift();
      if (!event) return;
      this.waiting.shift()?.({ done: false, value: event });
    }
  }
}
