import { Client } from '@weft/client';
import { type MemoryMetrics, memoryMetrics } from '@weft/core';
import type { Registry, RegistryOptions, ServiceView } from '@weft/registry';
import { openHttpTransport } from '@weft/transport-http';
import { expect } from 'vitest';
import { type Ended, failedOf, Load, told } from '../load.js';
import { Providers } from '../providers.js';
import type { DriverOptions } from './backend.js';
import type { FaultStage } from './fault-row.js';
import { timing } from './timing.js';

const WARM_UP_MS = 500;
const CALLS_PER_SECOND = timing.pick(150, 300);
const PROBE_WITHIN_MS = 30_000;

/** What a scene is set with. */
export interface SceneOptions {
  /** Providers; default 5. */
  readonly count?: number;
  /** Driver options of the caller, over those of the backend. */
  readonly driver?: DriverOptions;
  /** Members of the providers' `registry` blocks, over those of the backend. */
  readonly block?: DriverOptions;
  /** Environment of the providers: DELAY_MS. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of the caller's registry. */
  readonly registry?: RegistryOptions;
}

/**
 * Providers as processes of their own, and one caller who calls them 300 times a second (150 in short mode) and looks at what
 * it knows of them.
 */
export class ThingsScene {
  /** What the client told, each with ms since the load began. */
  readonly told: { readonly event: string; readonly atMs: number }[] = [];
  /** What the caller's registry knows. */
  readonly view: ServiceView;
  readonly load: Load;

  private constructor(
    readonly providers: Providers,
    readonly client: Client,
    readonly metrics: MemoryMetrics,
  ) {
    this.view = providers.registry.view('things');
    this.load = new Load(client, CALLS_PER_SECOND);
    for (const event of ['discovery.stale', 'discovery.recovered'] as const) {
      client.on(event, () => this.told.push({ event, atMs: this.load.nowMs() }));
    }
  }

  /** Starts the providers, and calls them as soon as all are listed. Everything ends with the row. */
  static async open(stage: FaultStage, { count = 5, driver = {}, block, env, registry: given }: SceneOptions = {}) {
    const metrics = memoryMetrics();
    const registry = await stage.backend.openRegistry({ metrics, driver, ...given });
    const place = { registry, block: stage.backend.registryBlock(block), close: () => registry.close() };
    const providers = await Providers.on(place, count, env);
    stage.atEnd(() => providers.stop());
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry, transport });
    const scene = new ThingsScene(providers, client, metrics);
    stage.atEnd(async () => {
      await scene.load.stop();
      await client.close();
      await transport.close();
    });
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    return scene;
  }

  /** The caller's registry. */
  get registry(): Registry {
    return this.providers.registry;
  }

  /** When an event was first told, in ms since the load began; undefined when it was not. */
  toldAtMs(event: 'discovery.stale' | 'discovery.recovered'): number | undefined {
    return this.told.find((one) => one.event === event)?.atMs;
  }

  /** Whether the caller knows `count` instances that all want traffic, and none of them by hearsay. */
  isWhole(count = 5): boolean {
    const { instances, suspects, error } = this.view;
    return !error && suspects.size === 0 && instances.length === count && instances.every(({ status }) => status === 'up');
  }

  /** The ids that answered since an instant of the load. */
  answeredSince(atMs: number): ReadonlySet<string | undefined> {
    return new Set(this.load.ended.filter((call) => call.atMs >= atMs).map(({ by }) => by));
  }

  /** Asserts that every provider says that it is ready to serve. */
  async allReady(): Promise<void> {
    for (const { id, port } of this.providers.running.values()) {
      const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
      expect(status, `readiness of ${id}`).toBe(200);
    }
  }

  /** Ends the load; asserts that it was one, and that no call failed. */
  async noneFailed(stage: FaultStage): Promise<readonly Ended[]> {
    const seconds = this.load.nowMs() / 1_000;
    const ended = await this.load.stop();
    stage.figure('calls', ended.length);
    stage.figure('failed', failedOf(ended).length);
    expect(failedOf(ended).length, told(ended)).toBe(0);
    expect(ended.length, `calls in ${seconds} s`).toBeGreaterThan((seconds * CALLS_PER_SECOND) / (2 * timing.slack));
    return ended;
  }
}
