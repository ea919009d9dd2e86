import type { Clock, InstanceHandle, ServiceInstance } from '@weft/core';
import { type AvailabilityEvent, AvailabilitySet, type Flight, type Judgement, type OutlierOptions } from './index.js';

/** What a test may change beside the options of the set. */
export interface SceneOptions extends OutlierOptions {
  /** Listens beside the scene. */
  readonly onEvent?: (event: AvailabilityEvent) => void;
}

/** For tests: a set whose probes answer as the test says, and which writes down what it tells. */
export class AvailabilityScene<SceneClock extends Clock> {
  /** What was told, as `ejected a stalled`. */
  readonly events: string[] = [];
  /** Probes that were made: whom, and when in ms from the start. */
  readonly probes: { readonly id: string; readonly at: number }[] = [];
  /** Ids whose probes fail. */
  readonly down = new Set<string>();
  /** The set under test. */
  readonly set: AvailabilitySet;
  readonly #handles = new Map<string, InstanceHandle>();

  constructor(
    readonly clock: SceneClock,
    instances: readonly ServiceInstance[],
    options: SceneOptions = {},
  ) {
    const startedAt = clock.now();
    this.set = new AvailabilitySet({
      ...options,
      clock,
      random: () => 0.5,
      probe: async ({ id }) => {
        this.probes.push({ id, at: clock.now() - startedAt });
        return !this.down.has(id);
      },
      onEvent: (event) => {
        this.events.push([event.type, event.instance?.id, event.reason].filter(Boolean).join(' '));
        options.onEvent?.(event);
      },
    });
    this.set.update(instances);
    for (const handle of this.set.snapshot) this.#handles.set(handle.id, handle);
  }

  /** Ids of those that may be picked, as `abc`. */
  get picked(): string {
    return this.set.snapshot.map(({ id }) => id).join('');
  }

  /** A call to an instance of the first list begins. */
  begin(id: string): Flight {
    const handle = this.#handles.get(id);
    if (!handle) throw new Error(`${id} is not in the first list`);
    return this.set.begin(handle, this.clock.now());
  }

  /** The call is over. */
  end(flight: Flight, judged: Judgement): void {
    this.set.end(flight, judged, this.clock.now());
  }

  /** Calls that take no time. */
  call(id: string, judged: Judgement, calls = 1): void {
    for (let call = 0; call < calls; call++) this.end(this.begin(id), judged);
  }

  /** What an instance is held for. */
  state(id: string): string | undefined {
    return this.set.stats().find((stats) => stats.id === id)?.state;
  }
}
