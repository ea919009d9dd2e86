import { type EtcdBackend, type KeyRange, keyRange, prefixRange, spanRange } from '@weft/backend-etcd';
import {
  type ConfigDriver,
  type ConfigEntry,
  type ConfigEvent,
  type OperationOptions,
  WeftError,
  type WriteOptions,
} from '@weft/core';

const MAX_HISTORY = 20;
const REVISION = /^[1-9]\d{0,17}$/;

/** Texts under keys of etcd, exactly as they are given: `etcdctl` sees the same. A revision is that of the last change. */
export class EtcdConfig implements ConfigDriver {
  readonly supports = { propagationMs: 1_000, multiProcess: true, history: true, compareAndSet: true };

  constructor(private readonly etcd: EtcdBackend) {}

  async get(key: string, options: OperationOptions): Promise<ConfigEntry | undefined> {
    return this.etcd.get(checked(key), options);
  }

  async set(key: string, text: string, { ifRevision, ...options }: WriteOptions): Promise<void> {
    const isPossible = ifRevision === undefined || ifRevision === null || REVISION.test(ifRevision);
    const change = isPossible ? await this.etcd.put(checked(key), text, { ...options, ifRevision }) : undefined;
    if (change?.isMade) return;
    const found = change?.held ? `has revision ${change.held.revision}` : 'has another revision, or none';
    const expected = ifRevision === null ? 'no value' : `revision ${ifRevision}`;
    throw new WeftError('WEFT_CONFLICT', `"${key}" ${found}: expected ${expected}`);
  }

  async remove(key: string, options: OperationOptions): Promise<void> {
    await this.etcd.remove(checked(key), options);
  }

  async list(prefix: string, options: OperationOptions): Promise<readonly ConfigEntry[]> {
    let refusal: unknown;
    for (const range of rangesOf(prefix)) {
      try {
        return (await this.etcd.list(range, options)).filter(({ key }) => isBelow(key, prefix));
      } catch (error) {
        refusal ??= refusalOf(error);
      }
    }
    throw refusal;
  }

  async history(key: string, options: OperationOptions): Promise<readonly ConfigEntry[]> {
    const texts: ConfigEntry[] = [];
    let entry = await this.etcd.get(checked(key), options);
    while (entry && texts.length < MAX_HISTORY) {
      texts.push(entry);
      entry = await this.etcd.get(key, { ...options, revision: String(BigInt(entry.revision) - 1n) });
    }
    return texts;
  }

  async *watch(prefix: string, options: OperationOptions): AsyncGenerator<ConfigEvent> {
    let refusal: unknown;
    for (const range of rangesOf(prefix)) {
      let isRead = false;
      try {
        for await (const event of this.etcd.follow(range, options)) {
          isRead = true;
          const seen = visible(event, prefix);
          if (seen) yield seen;
        }
        return;
      } catch (error) {
        if (isRead) throw error;
        refusal ??= refusalOf(error);
      }
    }
    throw refusal;
  }

  close(): Promise<void> {
    return this.etcd.close();
  }
}

/** The key and what is below it; when that is not ours to read, one of the two may be: rights are given on either. */
function rangesOf(prefix: string): readonly KeyRange[] {
  if (prefix === '') return [prefixRange('')];
  const below = `${checked(prefix)}/`;
  return [spanRange(prefix, below), prefixRange(below), keyRange(prefix)];
}

function visible(event: ConfigEvent, prefix: string): ConfigEvent | undefined {
  if ('list' in event) return { list: event.list.filter(({ key }) => isBelow(key, prefix)) };
  return isBelow('put' in event ? event.put.key : event.removed, prefix) ? event : undefined;
}

function isBelow(key: string, prefix: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
}

/** @throws the error itself unless it says that something is not ours to read */
function refusalOf(error: unknown): WeftError {
  if (error instanceof WeftError && error.code === 'WEFT_PERMISSION_DENIED') return error;
  throw error;
}

/** @throws WEFT_INVALID_ARGUMENT for a key that UTF-8 cannot hold */
function checked(key: string): string {
  if (key !== '' && Buffer.from(key).toString() === key) return key;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(key)} is no key of etcd: expected well-formed text, not empty`);
}
