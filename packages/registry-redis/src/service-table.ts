import { createHash } from 'node:crypto';
import type { RedisBackend, RedisOperation, RedisSubscription, RunScript } from '@weft/backend-redis';
import type { ServiceInstance } from '@weft/core';
import { BEAT, PUT, READ, REMOVE, SWEEP } from './scripts.js';
import { RegistryKeys } from './service-keys.js';
import { parseStoredRecord } from './stored-record.js';

/** So many records and services are read at a time, so that a long list does not hold everything else up. */
const PAGE = 500;
const SERVICES_AT_ONCE = 50;

/** How a service is, without its records. */
export interface ServiceState {
  /** Number of its last change; 0 when it has none. */
  readonly version: number;
  /** How many records it has. */
  readonly size: number;
  /** Ms until the next record expires; -1 when none will. */
  readonly nextExpiryMs: number;
}

/** A service with its records. */
export interface ServiceRecords extends ServiceState {
  /** Those that have not expired, unchecked. */
  readonly records: readonly ServiceInstance[];
}

/** The records of all services on a Redis. Each method is one step on the server. */
export class ServiceTable {
  private readonly keys: RegistryKeys;
  private readonly scripts: Readonly<Record<'beat' | 'put' | 'remove' | 'sweep' | 'read', RunScript>>;

  constructor(
    private readonly redis: RedisBackend,
    prefix: string,
  ) {
    this.keys = new RegistryKeys(prefix, redis.channel(''));
    const script = (lua: string) => redis.script(lua);
    this.scripts = { beat: script(BEAT), put: script(PUT), remove: script(REMOVE), sweep: script(SWEEP), read: script(READ) };
  }

  /** Prolongs the lease of a record that is held as `text`; false when it is not. */
  async beat({ name, id }: ServiceInstance, text: string, ttlMs: number, operation: RedisOperation): Promise<boolean> {
    const sha1 = createHash('sha1').update(text).digest('hex');
    const { services, leases } = this.keys.of(name);
    const args = [id, sha1, Math.round(ttlMs)];
    return (await this.scripts.beat(`registering "${id}"`, [services, leases], args, operation)) === 1;
  }

  /** Puts a record and tells of it. Gives the incarnation that holds the id, when it is a greater one. */
  async put(self: ServiceInstance, text: string, ttlMs: number, operation: RedisOperation): Promise<string | undefined> {
    const { name, id, incarnation } = self;
    const args = [this.keys.channel(name), id, text, Math.round(ttlMs), incarnation];
    const holder = await this.scripts.put(`registering "${id}"`, this.all(name), args, operation);
    return holder === '' ? undefined : String(holder);
  }

  /** Removes a record and tells of it. */
  async remove(name: string, id: string, incarnation: string | undefined, operation: RedisOperation): Promise<void> {
    await this.scripts.remove(`removing "${id}"`, this.all(name), [this.keys.channel(name), id, incarnation ?? ''], operation);
  }

  /** Removes what has expired and tells of it. Gives the version from before that. */
  async sweep(name: string, operation: RedisOperation): Promise<ServiceState> {
    return stateOf(await this.scripts.sweep(`watching "${name}"`, this.all(name), [this.keys.channel(name)], operation));
  }

  /**
   * The state of a service with its live records, read page by page: the state is the one from before the first page, so
   * what changed meanwhile may be among the records already, and is told after it in any case.
   */
  async read(name: string, operation: RedisOperation): Promise<ServiceRecords> {
    const records = new Map<string, ServiceInstance>();
    let state: ServiceState | undefined;
    let cursor = '0';
    do {
      const answer = await this.scripts.read(`listing "${name}"`, this.all(name), [cursor, PAGE], operation);
      const [version, size, nextExpiryMs, next, ...fields] = (answer as readonly unknown[]).map(String);
      state ??= stateOf([version, size, nextExpiryMs]);
      for (let at = 0; at < fields.length; at += 2) {
        const id = fields[at] ?? '';
        records.set(id, parseStoredRecord(name, id, fields[at + 1] ?? ''));
      }
      cursor = next ?? '0';
    } while (cursor !== '0');
    return { ...state, records: [...records.values()] };
  }

  /** As `read`, of several services. */
  async readAll(names: readonly string[], operation: RedisOperation): Promise<readonly ServiceRecords[]> {
    const services: ServiceRecords[] = [];
    for (let at = 0; at < names.length; at += SERVICES_AT_ONCE) {
      const portion = names.slice(at, at + SERVICES_AT_ONCE);
      services.push(...(await Promise.all(portion.map((name) => this.read(name, operation)))));
    }
    return services;
  }

  /** Names of all services that have ever been registered and not been forgotten. */
  async names(operation: RedisOperation): Promise<readonly string[]> {
    return this.redis.run('listing all services', (redis) => redis.smembers(this.keys.names), operation);
  }

  /** Makes the name known. */
  async remember(name: string, operation: RedisOperation): Promise<void> {
    await this.redis.run(`registering "${name}"`, (redis) => redis.sadd(this.keys.names, name), operation);
  }

  /** Takes the name of a service without records away, unless one comes meanwhile. */
  async forget(name: string, operation: RedisOperation): Promise<void> {
    const what = `forgetting "${name}"`;
    await this.redis.run(what, (redis) => redis.srem(this.keys.names, name), operation);
    // In a cluster names and records are on different servers: who has registered in between is put back.
    const size = await this.redis.run(what, (redis) => redis.hlen(this.keys.of(name).services), operation);
    if (size > 0) await this.remember(name, operation);
  }

  /** Listens to the changes of a service, or of all. */
  subscribe(name: string | undefined, operation: RedisOperation): Promise<RedisSubscription> {
    const topics = name === undefined ? { patterns: [this.keys.everyChannel] } : { channels: [this.keys.channel(name)] };
    return this.redis.subscribe(`watching ${name === undefined ? 'all services' : `"${name}"`}`, topics, operation);
  }

  /** The service whose changes a channel tells; undefined when it is none of ours. */
  nameOf(channel: string): string | undefined {
    return this.keys.nameOf(channel);
  }

  private all(name: string): readonly string[] {
    const { services, leases, version } = this.keys.of(name);
    return [services, leases, version];
  }
}

function stateOf(answer: unknown): ServiceState {
  const [version, size, nextExpiryMs] = answer as readonly unknown[];
  return { version: Number(version), size: Number(size), nextExpiryMs: Number(nextExpiryMs) };
}
