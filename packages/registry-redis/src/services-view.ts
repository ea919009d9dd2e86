import type { RedisMessage } from '@weft/backend-redis';
import { type Clock, type OperationOptions, type Random, type RegistryEvent, type ServiceInstance, WeftError } from '@weft/core';
import { parseChange } from './service-change.js';
import type { ServiceState, ServiceTable } from './service-table.js';

/** Leases are looked at when the next one ends, and this often at least: a change that nobody told of is found so. */
const LOOK_MS = 5_000;
const LOOK_JITTER_MS = 250;
/** A message may be under way for so long after its change was seen on the other connection. */
const UNDER_WAY_MS = 300;

/** What a view is made with. */
export interface ViewOptions extends OperationOptions {
  /** Time. */
  readonly clock: Clock;
  /** Spreads the looks of many watchers. */
  readonly random: Random;
}

interface KnownService {
  /** Number of the last change that was told. */
  version: number;
  /** Records when it was last looked at, if nothing was told since. */
  size?: number | undefined;
  /** A version that was seen, but has not been told yet. */
  ahead?: number | undefined;
}

/** How far the changes of a service, or of all, have been told: by numbers only, the records are nobody's but the reader's. */
export class ServicesView {
  private known = new Map<string, KnownService>();
  private lookAt = 0;
  private mayOnlyRead = false;
  private readonly operation;

  constructor(
    private readonly table: ServiceTable,
    private readonly name: string | undefined,
    private readonly options: ViewOptions,
  ) {
    this.operation = { signal: options.signal, isPatient: true };
  }

  /** Ms until `events` has to be asked, although nothing was told. */
  lookInMs(): number {
    return Math.max(0, this.lookAt - this.options.clock.now());
  }

  /** All records, anew. */
  async list(): Promise<readonly ServiceInstance[]> {
    const names = this.name === undefined ? await this.table.names(this.operation) : [this.name];
    const services = await this.table.readAll(names, this.operation);
    this.known = new Map(services.map(({ version, size }, at) => [names[at] ?? '', { version, size }]));
    this.lookAgain(services);
    return services.flatMap(({ records }) => records);
  }

  /** What the messages tell that is new, and, when it is due, what nobody told of. */
  async events(messages: readonly RedisMessage[] | undefined): Promise<readonly RegistryEvent[]> {
    const told = messages?.map((message) => this.told(message)) ?? ['missed'];
    // Whoever sees only those that are back already would take the others for gone.
    if (told.includes('forgotten')) return [{ list: [] }, { list: await this.list() }];
    if (told.includes('missed')) return [{ list: await this.list() }];
    if (this.lookInMs() === 0 && (await this.isBehind())) return [{ list: await this.list() }];
    return told.flatMap((events) => (typeof events === 'string' ? [] : events));
  }

  /** The events of a message, unless what is known is not what it changes: something was missed, or the server forgot all. */
  private told({ channel, text }: RedisMessage): readonly RegistryEvent[] | 'missed' | 'forgotten' {
    const name = this.name ?? this.table.nameOf(channel);
    if (name === undefined) return [];
    const known = this.known.get(name) ?? { version: 0 };
    const change = parseChange(text);
    if (!change) return 'missed';
    // It was told before we listed.
    if (change.version <= known.version) return [];
    if (change.previous !== known.version) return change.previous === 0 && this.name !== undefined ? 'forgotten' : 'missed';
    this.known.set(name, { version: change.version });
    if (change.put) {
      this.lookAt = Math.min(this.lookAt, this.options.clock.now() + (change.ttlMs ?? LOOK_MS) + this.jitterMs());
      return [{ put: { ...change.put, name } }];
    }
    const { removed = [] } = change;
    return removed.length > 1 ? 'missed' : removed.map((id) => ({ removed: { name, id } }));
  }

  private async isBehind(): Promise<boolean> {
    const names = this.name === undefined ? await this.table.names(this.operation) : [this.name];
    const looked = [...new Set([...names, ...this.known.keys()])];
    try {
      const states = await Promise.all(looked.map((name) => this.table.sweep(name, this.operation)));
      const seen = new Set(looked.map((name, at) => this.compare(name, states[at])));
      this.lookAgain(states, seen.has('under way') ? UNDER_WAY_MS : LOOK_MS);
      return seen.has('lost');
    } catch (error) {
      if (!(error instanceof WeftError) || error.code !== 'WEFT_PERMISSION_DENIED') throw error;
      // Who may only read cannot take away what has expired, and sees it by listing.
      this.mayOnlyRead = true;
      return true;
    }
  }

  private compare(name: string, { version, size }: ServiceState = NOTHING): 'same' | 'under way' | 'lost' {
    const known = this.known.get(name) ?? { version: 0 };
    this.known.set(name, known);
    if (version < known.version) return 'lost';
    if (version > known.version) {
      const isLate = known.ahead !== undefined;
      known.ahead = version;
      return isLate ? 'lost' : 'under way';
    }
    const isOther = known.size !== undefined && known.size !== size;
    known.size = size;
    return isOther ? 'lost' : 'same';
  }

  private lookAgain(states: readonly ServiceState[], withinMs = LOOK_MS): void {
    const expiries = this.mayOnlyRead ? [] : states.map(({ nextExpiryMs }) => nextExpiryMs).filter((ms) => ms >= 0);
    const firstMs = expiries.reduce((first, ms) => Math.min(first, ms), withinMs);
    this.lookAt = this.options.clock.now() + firstMs + this.jitterMs();
  }

  private jitterMs(): number {
    return this.options.random() * LOOK_JITTER_MS;
  }
}

const NOTHING: ServiceState = { version: 0, size: 0, nextExpiryMs: -1 };
