import type { ClientOptions } from '@weft/client';
import { Client } from '@weft/client';
import {
  type FixedRegistry,
  fixedRegistry,
  instanceRecord,
  type Script,
  type ScriptedTransport,
  scriptedTransport,
  seededRandom,
  type VirtualClock,
  virtualClock,
} from '@weft/conformance';
import { type Attempt, type Reply, WeftError } from '@weft/core';
import { Registry } from '@weft/registry';
import type { Ended } from './load.js';

const HEALTH_PATH = '/health';
const DRAINED_WITHIN_MS = 60_000;

/** What a caller on a virtual clock is made with. */
export interface VirtualCallerOptions extends Partial<ClientOptions> {
  /** For everything that is random in it. */
  readonly seed: number;
  /** What the instances do. */
  readonly script: Script;
  /** Default `things-1` to `things-5`. */
  readonly ids?: readonly string[];
  /** Default a clock of its own. */
  readonly virtual?: VirtualClock;
}

/** A real client of `things`, on a clock that a test moves and a wire that a test scripts. */
export class VirtualCaller {
  readonly clock: VirtualClock;
  readonly driver: FixedRegistry;
  readonly transport: ScriptedTransport;
  readonly client: Client;
  readonly #registry: Registry;

  constructor({ seed, script, ids = FIVE, virtual = virtualClock(), ...options }: VirtualCallerOptions) {
    const chance = { clock: virtual, random: seededRandom(seed) };
    this.clock = virtual;
    this.driver = fixedRegistry(ids.map((id) => instanceRecord(id, { name: 'things', healthPath: HEALTH_PATH })));
    this.#registry = new Registry(this.driver, chance);
    this.transport = scriptedTransport(script);
    this.client = new Client({
      serviceName: 'things',
      registry: this.#registry,
      transport: this.transport,
      ...chance,
      ...options,
    });
  }

  /** Tries of calls that went out; probes of health are left out. */
  get tries(): readonly Attempt[] {
    return this.transport.sent.filter((attempt) => !isProbe(attempt));
  }

  /** Makes calls at a fixed rate, two GET and one POST in turn, for `forMs`; resolves to those that have ended by then. */
  async callFor(forMs: number, { perSecond = 300, onlyGet = false } = {}): Promise<readonly Ended[]> {
    const ended: Ended[] = [];
    const startedAt = this.clock.now();
    for (let sent = 0; sent < (forMs / 1_000) * perSecond; sent++) {
      const dueAt = startedAt + (sent * 1_000) / perSecond;
      await this.clock.advance(Math.max(0, dueAt - this.clock.now()));
      void this.#call(onlyGet || sent % 3 !== 2 ? 'GET' : 'POST', startedAt, ended);
    }
    await this.clock.advance(Math.max(0, startedAt + forMs - this.clock.now()));
    return ended;
  }

  /** Closes the client and the registry; calls that are under way get the time they need. */
  async close(): Promise<void> {
    const closed = Promise.all([this.client.close(), this.#registry.close()]);
    await this.clock.advance(DRAINED_WITHIN_MS);
    await closed;
  }

  async #call(method: 'GET' | 'POST', startedAt: number, ended: Ended[]): Promise<void> {
    const { client, clock } = this;
    const atMs = clock.now() - startedAt;
    const end = (by?: string, status?: number, error?: WeftError) =>
      ended.push({ method, atMs, durationMs: clock.now() - startedAt - atMs, by, status, error });
    try {
      const reply = method === 'GET' ? await client.get('/things/7') : await client.post('/things', { n: 1 });
      end(reply.instance.id, reply.statusCode);
    } catch (error) {
      end(undefined, undefined, WeftError.from(error));
    }
  }
}

const FIVE = ['things-1', 'things-2', 'things-3', 'things-4', 'things-5'];

/** Whether a try asks for the health of an instance. */
export function isProbe({ path }: Attempt): boolean {
  return path === HEALTH_PATH;
}

/** An answer that takes `ms` of virtual time. */
export function answerIn(clock: VirtualClock, ms: number, reply: Partial<Reply>): Promise<Partial<Reply>> {
  return new Promise((resolve) => void clock.setTimer(ms, () => resolve(reply)));
}
