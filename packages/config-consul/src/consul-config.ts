import { type ConsulBackend, entriesOf, followPrefix, listPrefix } from '@weft/backend-consul';
import {
  type ConfigDriver,
  type ConfigEntry,
  type ConfigEvent,
  type OperationOptions,
  WeftError,
  type WriteOptions,
} from '@weft/core';

const MAX_BYTES = 524_288;
/** A URL's path cannot carry them: servers take them for steps in it. */
const UNSAFE_PARTS: ReadonlySet<string> = new Set(['', '.', '..']);
const REVISION = /^\d+$/;
/** The index that says "while there is nothing" in a check-and-set. */
const ABSENT = '0';

/** A config center in Consul's key-value store. A value's revision is its `ModifyIndex`. */
export class ConsulConfig implements ConfigDriver {
  readonly supports = { propagationMs: 2_000, multiProcess: true, history: false, compareAndSet: true };

  constructor(private readonly backend: ConsulBackend) {}

  async get(key: string, { signal }: OperationOptions): Promise<ConfigEntry | undefined> {
    if (!isKey(key)) return undefined;
    const answer = await this.backend.request({ what: `reading "${key}"`, path: ['kv', key], accept: [404], signal });
    return entriesOf(answer, key).get(key);
  }

  async set(key: string, text: string, { signal, ifRevision }: WriteOptions): Promise<void> {
    refuseUnsafe(key);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BYTES) throw invalid(`the value of "${key}" has ${bytes} bytes: Consul takes at most ${MAX_BYTES}`);
    const request = { what: `writing "${key}"`, method: 'PUT', path: ['kv', key], body: text, signal } as const;
    if (ifRevision === undefined) {
      await this.backend.request(request);
      return;
    }
    const cas = ifRevision ?? ABSENT;
    if (ifRevision !== null && (!REVISION.test(cas) || cas === ABSENT)) throw conflict(key, ifRevision);
    const { body } = await this.backend.request({ ...request, query: { cas }, isRepeatable: false });
    if (body !== true) throw conflict(key, ifRevision);
  }

  async remove(key: string, { signal }: OperationOptions): Promise<void> {
    if (!isKey(key)) return;
    await this.backend.request({ what: `removing "${key}"`, method: 'DELETE', path: ['kv', key], signal });
  }

  list(prefix: string, options: OperationOptions): Promise<readonly ConfigEntry[]> {
    return listPrefix(this.backend, prefix, options);
  }

  watch(prefix: string, options: OperationOptions): AsyncIterable<ConfigEvent> {
    return followPrefix(this.backend, prefix, options);
  }

  close(): Promise<void> {
    return this.backend.close();
  }
}

function isKey(key: string): boolean {
  return !key.split('/').some((part) => UNSAFE_PARTS.has(part));
}

function refuseUnsafe(key: string): void {
  if (!isKey(key)) throw invalid(`"${key}" is no key for Consul: a part of it is empty, "." or ".."`);
}

function invalid(message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'key', message }] });
}

function conflict(key: string, ifRevision: string | null): WeftError {
  const expected =
    ifRevision === null ? 'there is a value already' : `its revision is not ${JSON.stringify(ifRevision)} any more`;
  return new WeftError('WEFT_CONFLICT', `"${key}" was not written: ${expected}`);
}
