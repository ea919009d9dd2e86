import { setImmediate } from 'node:timers/promises';
import { type EtcdBackend, type EtcdEntry, type EtcdLease, prefixRange } from '@weft/backend-etcd';
import {
  type ConfigEntry,
  type OperationOptions,
  type RecordLease,
  type RegistryDriver,
  type RegistryEvent,
  type ServiceInstance,
  WeftError,
} from '@weft/core';
import type { RecordKeys, RecordName } from './record-key.js';
import { formatRecord, incarnationOf, parseRecord } from './stored-record.js';

/** How often somebody else may be faster in writing the same record. */
const MAX_TRIES = 10;
/** Records that are parsed in one go. */
const AT_ONCE = 1_000;

/** A record of ours that etcd holds. */
interface HeldRecord {
  readonly lease: EtcdLease;
  /** What was asked for, in ms; the lease says what was granted. */
  readonly askedMs: number;
  readonly text: string;
  readonly incarnation: string;
  readonly revision: string;
}

/** Instances as keys of etcd, each under a lease of its own. A beat renews the lease and looks whether the key is still ours. */
export class EtcdRegistry implements RegistryDriver {
  readonly supports = { propagationMs: 1_000, ttlGranularityMs: 1_000, minTtlMs: 2_000, multiProcess: true };
  private readonly held = new Map<string, HeldRecord>();

  constructor(
    private readonly etcd: EtcdBackend,
    private readonly keys: RecordKeys,
  ) {}

  async put(
    self: ServiceInstance,
    { ttlMs: askedMs, ...options }: OperationOptions & { readonly ttlMs: number },
  ): Promise<RecordLease> {
    const key = this.keys.keyOf(self);
    const record = { askedMs, text: formatRecord(self), incarnation: self.incarnation };
    const known = this.held.get(key);
    // Another claimant in this very process: etcd is to judge between the two.
    const held = known && known.incarnation > self.incarnation ? undefined : known;
    const { ttlMs } = await this.assert(key, record, held, options);
    return { ttlMs, lost: await this.etcd.lost() };
  }

  async remove(self: RecordName & { readonly incarnation?: string }, options: OperationOptions): Promise<void> {
    const key = this.keys.keyOf(self);
    const held = this.held.get(key);
    const isOurs = self.incarnation === undefined || held?.incarnation === self.incarnation;
    if (isOurs) this.held.delete(key);
    if (self.incarnation === undefined) await this.etcd.remove(key, options);
    else await this.removeIf(key, self.incarnation, isOurs ? held?.revision : undefined, options);
    // It keeps nothing any more, and ends by itself should this fail.
    if (held && isOurs) await this.etcd.revokeLease(held.lease.id, options).catch(() => {});
  }

  async list(name: string | undefined, options: OperationOptions): Promise<readonly ServiceInstance[]> {
    return this.instancesOf(await this.etcd.list(prefixRange(this.keys.below(name)), options));
  }

  async *watch(name: string | undefined, options: OperationOptions): AsyncGenerator<RegistryEvent> {
    for await (const event of this.etcd.follow(prefixRange(this.keys.below(name)), options)) {
      if ('list' in event) {
        yield { list: await this.instancesOf(event.list) };
        continue;
      }
      const named = this.keys.nameOf('put' in event ? event.put.key : event.removed);
      if (named) yield 'put' in event ? { put: parseRecord(event.put.text, named) } : { removed: named };
    }
  }

  async close(): Promise<void> {
    this.held.clear();
    await this.etcd.close();
  }

  private async assert(
    key: string,
    record: Omit<HeldRecord, 'lease' | 'revision'>,
    held: HeldRecord | undefined,
    options: OperationOptions,
  ): Promise<EtcdLease> {
    const isLeaseRight = held?.askedMs === record.askedMs;
    if (isLeaseRight && held.text === record.text && (await this.beat(key, held, options))) return held.lease;
    if (held) this.held.delete(key);
    if (isLeaseRight) return this.rewrite(key, { ...held, ...record }, options);
    const lease = await this.etcd.grantLease(record.askedMs, options);
    return this.write(key, { ...record, lease }, held?.revision, options);
  }

  private async beat(key: string, { lease, revision }: HeldRecord, options: OperationOptions): Promise<boolean> {
    const asked = [this.etcd.keepLease(lease.id, options), this.etcd.revisionOf(key, options)] as const;
    const [isKept, found] = await Promise.all(asked);
    return isKept && found === revision;
  }

  /** Writes under the lease there is, and renews that after it: whoever reads a change is not to wait for the lease. */
  private async rewrite(key: string, record: HeldRecord, options: OperationOptions): Promise<EtcdLease> {
    const { lease, askedMs, revision } = record;
    const used = await this.write(key, record, revision, options);
    if (used.id !== lease.id || (await this.etcd.keepLease(lease.id, options))) return used;
    const granted = await this.etcd.grantLease(askedMs, options);
    return this.write(key, { ...record, lease: granted }, this.held.get(key)?.revision, options);
  }

  private async write(
    key: string,
    { lease: given, askedMs, text, incarnation }: Omit<HeldRecord, 'revision'>,
    guess: string | undefined,
    options: OperationOptions,
  ): Promise<EtcdLease> {
    let lease = given;
    let ifRevision = guess ?? null;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const change = await this.etcd.put(key, text, { ...options, ifRevision, leaseId: lease.id });
      if (!change) {
        lease = await this.etcd.grantLease(askedMs, options);
      } else if (change.isMade) {
        this.held.set(key, { lease, askedMs, text, incarnation, revision: change.revision });
        return lease;
      } else {
        if (change.held) refuseNewer(change.held, incarnation);
        ifRevision = change.held?.revision ?? null;
      }
    }
    throw new WeftError(
      'WEFT_REGISTRY_UNAVAILABLE',
      `"${key}" is written by others all the time: gave up after ${MAX_TRIES} tries`,
    );
  }

  private async removeIf(key: string, incarnation: string, guess: string | undefined, options: OperationOptions): Promise<void> {
    let ifRevision = guess ?? null;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const change = await this.etcd.remove(key, { ...options, ifRevision });
      if (change.isMade || !change.held) return;
      if ((incarnationOf(change.held.text) ?? incarnation) !== incarnation) return;
      ifRevision = change.held.revision;
    }
  }

  private async instancesOf(entries: readonly ConfigEntry[]): Promise<readonly ServiceInstance[]> {
    const instances: ServiceInstance[] = [];
    for (const [at, { key, text }] of entries.entries()) {
      if (at % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const named = this.keys.nameOf(key);
      if (named) instances.push(parseRecord(text, named));
    }
    return instances;
  }
}

function refuseNewer({ key, text }: EtcdEntry, incarnation: string): void {
  const holder = incarnationOf(text);
  if (holder !== undefined && holder > incarnation) {
    throw new WeftError('WEFT_CONFLICT', `"${key}" is held by a newer instance, of incarnation "${holder}"`);
  }
}
