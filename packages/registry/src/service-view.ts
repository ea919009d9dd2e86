import { type Clock, keepAwake, type WeftError } from '@weft/core';
import type { ServiceInfo } from './service-info.js';
import type { ServiceUpstream } from './service-upstream.js';
import type { Prober } from './suspects.js';

/** How a service is looked at. */
export interface ViewOptions {
  /** Asks a suspect whether it can serve. Without any, suspects stay for 5 min. */
  readonly probe?: Prober | undefined;
}

/** What is known about one service now. Keeps the last good list through every outage. */
export interface ServiceView {
  /** All instances, of every status, checked. The same array until something changes. */
  readonly instances: readonly ServiceInfo[];
  /** Ids of those in `instances` that vanished, too many at once to be believed. The same set until one comes or goes. */
  readonly suspects: ReadonlySet<string>;
  /** Whether a list has arrived once, or was kept from an earlier process. */
  readonly known: boolean;
  /** Why the registry does not answer now; undefined while it does. */
  readonly error: WeftError | undefined;
  /** Ms since the last good contact; 0 while there is contact. */
  ageMs(): number;
  /** Resolves to true as soon as a list has arrived, to false after `timeoutMs` or when the registry is closed. */
  ready(timeoutMs: number): Promise<boolean>;
  /** Calls `listener` after every change and after the first list, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** Gives the view back. The service is followed for 30 s more, then no longer. Idempotent. */
  release(): void;
}

/** A view on an upstream. A class: objects with accessors of their own would cost 2 KB each. */
export class UpstreamView implements ServiceView {
  private isReleased = false;

  /** `onRelease` is called once. */
  constructor(
    private readonly upstream: ServiceUpstream,
    private readonly clock: Clock,
    private readonly onRelease: () => void,
  ) {}

  get instances(): readonly ServiceInfo[] {
    return this.upstream.instances;
  }

  get suspects(): ReadonlySet<string> {
    return this.upstream.suspects.ids;
  }

  get known(): boolean {
    return this.upstream.known;
  }

  get error(): WeftError | undefined {
    return this.upstream.error;
  }

  ageMs(): number {
    return this.upstream.ageMs();
  }

  ready(timeoutMs: number): Promise<boolean> {
    const { upstream, clock } = this;
    if (upstream.known || upstream.isStopped) return Promise.resolve(upstream.known);
    return new Promise((resolve) => {
      const letSleep = keepAwake();
      const end = () => {
        letSleep();
        timer.cancel();
        unsubscribe();
        resolve(upstream.known);
      };
      const timer = clock.setTimer(timeoutMs, end);
      const unsubscribe = upstream.subscribe(end);
    });
  }

  onChange(listener: () => void): () => void {
    return this.upstream.subscribe(() => listener());
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.onRelease();
  }
}
