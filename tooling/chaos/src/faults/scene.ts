import type { ConfigClient } from '@weft/config';
import { WeftError } from '@weft/core';
import type { Registration, Registry, ServiceView } from '@weft/registry';
import { expect } from 'vitest';
import type { Backend } from './backend.js';
import { timing } from './timing.js';
import { until } from './until.js';

const SERVICE = 'things';
const KEY = 'limits';
const FIRST_MS = 10_000;

/** Longest wait for anything in a scene, in ms: what is later than that has failed, whatever its bound. */
const AT_MOST_MS: number = timing.pick(25_000, 60_000);

/** A service that stays registered, somebody who watches it, and somebody who watches a config value: what a fault must not part. */
export class Scene {
  /** What was told, in order: `stale`, `recovered`, `registration.lost`, `registration.restored`. */
  readonly events: string[] = [];
  /** Config values as they were seen. */
  readonly values: unknown[] = [];
  /** When and why the bare registry stream and the bare config stream broke first. */
  readonly breaks: { readonly of: string; readonly at: number; readonly error: WeftError }[] = [];
  private written = 0;
  private readonly ending = new AbortController();

  private constructor(
    readonly backend: Backend,
    readonly provider: Registry,
    readonly registration: Registration,
    readonly caller: Registry,
    readonly view: ServiceView,
    readonly config: ConfigClient,
  ) {}

  /** Opens everything and waits until all is seen. */
  static async open(backend: Backend): Promise<Scene> {
    const [provider, caller, config] = await Promise.all([
      backend.openRegistry(),
      backend.openRegistry({ selfPreservation: false }),
      backend.openConfig(),
    ]);
    await backend.rawSetConfig(`config/${KEY}`, '0');
    const registration = provider.announce({ name: SERVICE, id: `${SERVICE}-1`, port: 4_001 });
    const scene = new Scene(backend, provider, registration, caller, caller.view(SERVICE), config);
    scene.listen();
    void scene.followConfig();
    await until(
      'a first look',
      FIRST_MS,
      () => scene.ids().includes(`${SERVICE}-1`) && scene.values.includes(0),
      () => scene.told(),
    );
    return scene;
  }

  /** Ids of the instances that the caller sees. */
  ids(): readonly string[] {
    return this.view.instances.map(({ id }) => id);
  }

  /** Follows both bare drivers too, so that `breaks` tells when each of them noticed. */
  async followBare(): Promise<void> {
    const [registry, config] = await Promise.all([this.backend.openRegistryDriver(), this.backend.openConfigDriver()]);
    const { signal } = this.ending;
    const begun = new Set<string>();
    void this.followStream('registry', registry.watch(SERVICE, { signal }), begun);
    void this.followStream('config', config.watch('config', { signal }), begun);
    await until(
      'two bare streams',
      FIRST_MS,
      () => begun.size === 2,
      () => this.told(),
    );
  }

  /** Resolves to the ms from `since` (of `performance.now()`) until both bare streams had broken. */
  async untilBroken(since: number): Promise<number> {
    await until(
      'both bare streams break',
      AT_MOST_MS,
      () => this.breaks.length >= 2,
      () => this.told(),
    );
    for (const { of, error } of this.breaks) {
      expect(error.code, `${of}: ${error.message}`).toBe('WEFT_REGISTRY_UNAVAILABLE');
      expect(error.failure, `${of}: ${error.message} has to tell how the wire failed`).toBeDefined();
    }
    return Math.max(...this.breaks.map(({ at }) => at)) - since;
  }

  /**
   * Three records come after the fault, and a value written by the backend's own tool: all of them have to be seen by those
   * who watched before it. Resolves to the ms until the last was.
   * @param at the server of a cluster that they are written at; default the `server` of the backend
   */
  async continues(at = this.backend.server): Promise<number> {
    const startedAt = performance.now();
    const round = ++this.written;
    const others = await this.backend.openRegistry({ driver: { address: at.address } });
    const ids = [1, 2, 3].map((place) => `${SERVICE}-r${round}-${place}`);
    // Announced, not registered: a server in the middle of an election refuses the first tries.
    for (const [place, id] of ids.entries()) others.announce({ name: SERVICE, id, port: 5_001 + place });
    await until('a value can be written', AT_MOST_MS, () =>
      this.backend.rawSetConfig(`config/${KEY}`, String(round), at).then(() => true),
    );
    const isSeen = () => ids.every((id) => this.ids().includes(id)) && this.values.includes(round);
    await until('three records and a value that came after the fault', AT_MOST_MS, isSeen, () => this.told());
    const tookMs = performance.now() - startedAt;
    await others.close();
    await until(
      'the three leave again',
      AT_MOST_MS,
      () => !ids.some((id) => this.ids().includes(id)),
      () => this.told(),
    );
    return tookMs;
  }

  /** Resolves when the backend itself, asked anew, holds our record just once and the caller sees it. */
  async untilRegistered(): Promise<number> {
    const driver = await this.backend.openRegistryDriver({ address: this.backend.server.address });
    const isHeld = async () => {
      const records = await driver.list(SERVICE, { signal: AbortSignal.timeout(timing.timeoutMs) }).catch(() => []);
      return (
        records.length === 1 && records[0]?.id === `${SERVICE}-1` && this.registration.isRegistered && this.ids().length === 1
      );
    };
    return until('the record is back, once', AT_MOST_MS, isHeld, () => this.told());
  }

  /** What a failed wait should show. */
  told(): string {
    const { breaks, events, values, view } = this;
    const state = {
      ids: this.ids(),
      values,
      events,
      error: view.error?.message,
      breaks: breaks.map(({ of, error }) => `${of}: ${error.message}`),
    };
    return `${JSON.stringify(state)}\n${this.backend.log.lines.slice(-12).join('\n')}`;
  }

  /** Ends what it follows itself. */
  close(): void {
    this.ending.abort();
    this.view.release();
  }

  private listen(): void {
    this.caller.on('stale', () => this.events.push('stale'));
    this.caller.on('recovered', () => this.events.push('recovered'));
    this.provider.on('registration.lost', () => this.events.push('registration.lost'));
    this.provider.on('registration.restored', () => this.events.push('registration.restored'));
  }

  private async followConfig(): Promise<void> {
    for await (const value of this.config.watch(KEY, { signal: this.ending.signal, default: 'none' })) this.values.push(value);
  }

  private async followStream(of: string, stream: AsyncIterable<unknown>, begun: Set<string>): Promise<void> {
    try {
      for await (const _event of stream) begun.add(of);
      if (!this.ending.signal.aborted) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'ended', { failure: 'reset' });
    } catch (error) {
      this.breaks.push({ of, at: performance.now(), error: WeftError.from(error) });
    }
  }
}
