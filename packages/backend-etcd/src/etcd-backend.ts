import type { ConfigEvent, OperationOptions } from '@weft/core';
import type { IRequestOp, ITxnRequest } from 'etcd3';
import type { EtcdConnection } from './etcd-connection.js';
import { isCompacted, isLeaseGone } from './etcd-error.js';
import type { MakeCall } from './etcd-session.js';
import { followRange } from './follow-range.js';
import { keepLease } from './keep-lease.js';
import type { KeyRange } from './key-range.js';
import { type EtcdEntry, entryOf, listRange } from './list-range.js';

/** A time for which the server keeps keys, unless it is told to go on. */
export interface EtcdLease {
  /** Names it. */
  readonly id: string;
  /** What the server has granted, in ms. */
  readonly ttlMs: number;
}

/** On what a change depends. */
export interface ChangeOptions extends OperationOptions {
  /** Only while the key has this revision; `null`: only while there is no such key. */
  readonly ifRevision?: string | null | undefined;
}

/** Whether a change was made, and its revision; else what stands there instead of what was expected. */
export type EtcdChange =
  | { readonly isMade: true; readonly revision: string }
  | { readonly isMade: false; readonly held: EtcdEntry | undefined };

/** Keys, leases and streams of one etcd. Every operation ends by the timeout at the latest. */
export class EtcdBackend {
  /** @internal made by `openEtcd` */
  constructor(private readonly connection: EtcdConnection) {}

  /** Resolves to what fires when the connection is lost that there is now; undefined while there is none. Never rejects. */
  lost(): Promise<AbortSignal | undefined> {
    return this.connection.lost();
  }

  /**
   * The text under a key; with `revision` the one it had then, if the server still remembers that.
   * @throws WEFT_REGISTRY_UNAVAILABLE, WEFT_UNAUTHENTICATED, WEFT_PERMISSION_DENIED, as all operations do
   */
  async get(
    key: string,
    { revision, ...options }: OperationOptions & { readonly revision?: string },
  ): Promise<EtcdEntry | undefined> {
    const request = { key: Buffer.from(key), ...(revision !== undefined && { revision }) };
    try {
      const { kvs } = await this.call(`reading "${key}"`, options, ({ kv }, call) => kv.range(request, call));
      return kvs[0] && entryOf(kvs[0]);
    } catch (error) {
      if (revision !== undefined && isCompacted(error)) return undefined;
      throw error;
    }
  }

  /** The revision of a key, without its text; undefined when there is none. */
  async revisionOf(key: string, options: OperationOptions): Promise<string | undefined> {
    const request = { key: Buffer.from(key), keys_only: true };
    const { kvs } = await this.call(`reading "${key}"`, options, ({ kv }, call) => kv.range(request, call));
    return kvs[0]?.mod_revision;
  }

  /** All entries of a range, by key. */
  async list(range: KeyRange, { signal }: OperationOptions): Promise<readonly EtcdEntry[]> {
    const { entries } = await this.connection.run({ what: `listing "${range.name}"`, signal }, (session) => {
      return listRange(session, range);
    });
    return entries;
  }

  /**
   * A list first, then every change, without a gap; a list again when the server has forgotten or lost its past. Ends when
   * the signal is aborted. @throws WEFT_REGISTRY_UNAVAILABLE when the server is lost, within 4 s also when it just hangs
   */
  follow(range: KeyRange, options: OperationOptions): AsyncIterable<ConfigEvent> {
    return followRange(this.connection, range, options);
  }

  /** Writes a text, under a lease if one is given. A lease that is gone is `undefined`: nothing was written. */
  async put(
    key: string,
    text: string,
    { leaseId, ...options }: ChangeOptions & { readonly leaseId?: string },
  ): Promise<EtcdChange | undefined> {
    const request = { key: Buffer.from(key), value: Buffer.from(text), ...(leaseId !== undefined && { lease: leaseId }) };
    try {
      return await this.change(`writing "${key}"`, key, { request_put: request }, options);
    } catch (error) {
      if (isLeaseGone(error)) return undefined;
      throw error;
    }
  }

  /** Removes a key; none is no failure. */
  remove(key: string, options: ChangeOptions): Promise<EtcdChange> {
    return this.change(`removing "${key}"`, key, { request_delete_range: { key: Buffer.from(key) } }, options);
  }

  /** A new lease. The server rounds up to whole seconds, and to its least, 2 s as a rule. */
  async grantLease(ttlMs: number, options: OperationOptions): Promise<EtcdLease> {
    const seconds = Math.max(1, Math.ceil(ttlMs / 1_000));
    const { ID, TTL } = await this.call('granting a lease', options, ({ leaseClient }, call) =>
      leaseClient.leaseGrant({ TTL: seconds }, call),
    );
    return { id: ID, ttlMs: Number(TTL) * 1_000 };
  }

  /** Begins the time of a lease anew; false when the lease is gone. */
  keepLease(id: string, options: OperationOptions): Promise<boolean> {
    return this.call('renewing a lease', options, (client, call) => keepLease(client, id, call));
  }

  /** Ends a lease, and removes what it keeps; idempotent. */
  async revokeLease(id: string, options: OperationOptions): Promise<void> {
    try {
      await this.call('ending a lease', options, ({ leaseClient }, call) => leaseClient.leaseRevoke({ ID: id }, call));
    } catch (error) {
      if (!isLeaseGone(error)) throw error;
    }
  }

  /** Ends every stream and operation with WEFT_CLOSED. Idempotent, never rejects. */
  async close(): Promise<void> {
    this.connection.close();
  }

  private async change(
    what: string,
    key: string,
    request: IRequestOp,
    { ifRevision, ...options }: ChangeOptions,
  ): Promise<EtcdChange> {
    const bytes = Buffer.from(key);
    const txn: ITxnRequest = {
      compare: ifRevision === undefined ? [] : [{ key: bytes, target: 'Mod', result: 'Equal', mod_revision: ifRevision ?? '0' }],
      success: [request],
      failure: [{ request_range: { key: bytes } }],
    };
    const isRepeatable = ifRevision === undefined;
    const { succeeded, header, responses } = await this.call(what, { ...options, isRepeatable }, ({ kv }, call) =>
      kv.txn(txn, call),
    );
    if (succeeded) return { isMade: true, revision: header.revision };
    const [held] = responses[0]?.response_range.kvs ?? [];
    return { isMade: false, held: held && entryOf(held) };
  }

  private call<T>(what: string, options: OperationOptions & { readonly isRepeatable?: boolean }, call: MakeCall<T>): Promise<T> {
    return this.connection.run({ what, ...options }, (session) => session.run(what, call));
  }
}
