import { type Timer, WeftError } from '@weft/core';
import type { RegistryContext } from './registry-context.js';
import { Rotation } from './rotation.js';
import { ServiceUpstream, type UpstreamParts } from './service-upstream.js';
import { type ServiceView, UpstreamView, type ViewOptions } from './service-view.js';

const LINGER_MS = 30_000;

interface Followed {
  readonly upstream: ServiceUpstream;
  holders: number;
  /** Whose turn it is; there is one since somebody asked for it. */
  rotation?: Rotation;
  idleSince: number;
  timer?: Timer | undefined;
}

/** One upstream per service, however many look at it; kept 30 s after the last has gone. */
export class ServiceViews {
  private readonly followed = new Map<string, Followed>();

  constructor(
    private readonly context: RegistryContext,
    private readonly parts: UpstreamParts,
  ) {}

  /** The upstream and a view that holds it. */
  open(name: string, { probe }: ViewOptions = {}): { readonly upstream: ServiceUpstream; readonly view: ServiceView } {
    const entry = this.followed.get(name) ?? this.follow(name);
    entry.holders++;
    const askNoMore = probe && entry.upstream.suspects.ask(probe);
    const view = new UpstreamView(entry.upstream, this.context.clock, () => {
      askNoMore?.();
      entry.holders--;
      entry.idleSince = this.context.clock.now();
      if (entry.holders === 0 && !entry.upstream.isStopped) entry.timer ??= this.lingerTimer(entry, LINGER_MS);
    });
    return { upstream: entry.upstream, view };
  }

  /** The upstream of a service that is followed now. */
  find(name: string): ServiceUpstream | undefined {
    return this.followed.get(name)?.upstream;
  }

  /** Every upstream. */
  all(): ServiceUpstream[] {
    return Array.from(this.followed.values(), ({ upstream }) => upstream);
  }

  /** Who gives the instances of a service in turn. */
  rotation(name: string): Rotation {
    const entry = this.followed.get(name);
    const rotation = entry?.rotation ?? new Rotation(name);
    if (entry) entry.rotation = rotation;
    return rotation;
  }

  /** Forgets the services that nobody looks at and lists the others anew. */
  clear(): void {
    for (const entry of [...this.followed.values()]) {
      if (entry.holders === 0) this.stop(entry, closed());
      else entry.upstream.relist().catch(() => {});
    }
  }

  /** Follows nothing any more. */
  close(): void {
    for (const entry of [...this.followed.values()]) this.stop(entry, closed());
  }

  private follow(name: string): Followed {
    const upstream = new ServiceUpstream(name, this.context, this.parts);
    const entry: Followed = { upstream, holders: 0, idleSince: 0 };
    this.followed.set(name, entry);
    return entry;
  }

  private lingerTimer(entry: Followed, waitMs: number): Timer {
    return this.context.clock.setTimer(waitMs, () => {
      entry.timer = undefined;
      if (entry.holders > 0) return;
      const leftMs = entry.idleSince + LINGER_MS - this.context.clock.now();
      if (leftMs <= 0) this.stop(entry, closed());
      else entry.timer = this.lingerTimer(entry, leftMs);
    });
  }

  private stop(entry: Followed, error: WeftError): void {
    entry.timer?.cancel();
    this.followed.delete(entry.upstream.name);
    entry.upstream.stop(error);
  }
}

function closed(): WeftError {
  return new WeftError('WEFT_CLOSED', 'the registry no longer follows this service');
}
