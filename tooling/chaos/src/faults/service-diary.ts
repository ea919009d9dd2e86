import type { Registry, ServiceInfo } from '@weft/registry';
import type { FaultStage } from './fault-row.js';

/** Writes down all that a watch tells about a service, from now until the row ends. */
export class ServiceDiary {
  /** `added a`, `updated a`, `removed a`, `snapshot a,b`, oldest first. */
  readonly told: string[] = [];
  /** What each event said to be there. */
  readonly lists: (readonly ServiceInfo[])[] = [];

  constructor(stage: FaultStage, registry: Registry, service: string) {
    const end = new AbortController();
    stage.atEnd(() => end.abort());
    void this.follow(registry, service, end.signal);
  }

  /** Ids of what is there now, sorted. */
  get ids(): readonly string[] {
    return (this.lists.at(-1) ?? []).map(({ id }) => id).sort();
  }

  private async follow(registry: Registry, service: string, signal: AbortSignal): Promise<void> {
    for await (const { type, instance, instances } of registry.watch(service, { signal })) {
      this.lists.push(instances);
      this.told.push(`${type} ${instance?.id ?? instances.map(({ id }) => id).join()}`);
    }
  }
}
