import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { type ConfigEvent, type OperationOptions, WeftError } from '@weft/core';
import type { IWatchResponse } from 'etcd3';
import type { EtcdConnection } from './etcd-connection.js';
import { etcdError } from './etcd-error.js';
import type { EtcdSession } from './etcd-session.js';
import type { KeyRange } from './key-range.js';
import { entryOf, listRange, type RangeList } from './list-range.js';

/**
 * Lists a range and streams every later change. Lists anew when the server no longer remembers what came after the list, or
 * is not the one that made it. Ends when the signal is aborted or the connection closed.
 * @throws WeftError when the server is lost, or refuses; WEFT_CLOSED when it was closed before
 */
export async function* followRange(
  connection: EtcdConnection,
  range: KeyRange,
  { signal }: OperationOptions,
): AsyncGenerator<ConfigEvent> {
  connection.closed.throwIfAborted();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  // Many watches may well end by one signal of their caller.
  setMaxListeners(0, signal);
  for (const one of [signal, connection.closed]) one.addEventListener('abort', stop);
  const isStopped = () => signal.aborted || connection.closed.aborted;
  try {
    while (!isStopped()) {
      const { session, list } = await connection.run({ what: `listing "${range.name}"`, signal }, async (session) => {
        return { session, list: await listRange(session, range) };
      });
      yield { list: list.entries };
      if (isStopped()) return;
      yield* changesAfter(list, range, session, stopping.signal);
      await connection.rest(stopping.signal);
    }
  } catch (error) {
    if (!isStopped()) throw error;
  } finally {
    for (const one of [signal, connection.closed]) one.removeEventListener('abort', stop);
  }
}

/** Every change after the list, until nothing more is known to follow it. */
async function* changesAfter(
  { revision, clusterId }: RangeList,
  { name, key, range_end }: KeyRange,
  session: EtcdSession,
  signal: AbortSignal,
): AsyncGenerator<ConfigEvent> {
  const what = `watching "${name}"`;
  const stream = await session.run(what, ({ watchClient }) => watchClient.watch());
  const start_revision = String(BigInt(revision) + 1n);
  const cancel = () => stream.cancel();
  const leave = session.attend();
  for (const one of [signal, session.ended]) one.addEventListener('abort', cancel);
  try {
    stream.write({ create_request: { key, start_revision, fragment: true, ...(range_end && { range_end }) } });
    if (signal.aborted || session.ended.aborted) cancel();
    if (!(stream instanceof Readable)) return;
    for await (const message of stream) {
      const answer: IWatchResponse = message;
      if (answer.canceled) return refuseUnlessCompacted(answer);
      const { header, created } = answer;
      if (created && (header.cluster_id !== clusterId || BigInt(header.revision) < BigInt(revision))) return;
      for (const { kv } of answer.events) yield kv.version === '0' ? { removed: kv.key.toString() } : { put: entryOf(kv) };
    }
    throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${what}: the stream ended`, { failure: 'reset' });
  } catch (error) {
    session.ended.throwIfAborted();
    const failure = etcdError(error, { what, address: session.address });
    if (!signal.aborted) session.judge(failure);
    throw failure;
  } finally {
    for (const one of [signal, session.ended]) one.removeEventListener('abort', cancel);
    leave();
    cancel();
  }
}

/** A watch that the server has ended: because its past is compacted, which a new list mends, or because it refuses it. */
function refuseUnlessCompacted({ compact_revision, cancel_reason }: IWatchResponse): void {
  if (compact_revision === '0') throw new Error(`etcdserver: watch canceled: ${cancel_reason}`);
}
