import type { ConfigEntry, ConfigEvent, OperationOptions } from '@weft/core';
import type { ConsulBackend } from './consul-backend.js';
import type { ConsulAnswer, ConsulRequest } from './consul-request.js';
import { changesBetween, entriesOf, type PrefixView } from './prefix-view.js';

/**
 * The keys under `prefix` and below it: a list, then what changed, for as long as the connection holds.
 * @throws as `ConsulBackend.follow`, WEFT_PERMISSION_DENIED when there is nothing because the token may not read it
 */
export async function* followPrefix(
  backend: ConsulBackend,
  prefix: string,
  { signal }: OperationOptions,
): AsyncGenerator<ConfigEvent> {
  const believes = (answer: ConsulAnswer) => believesPrefix(backend, prefix, { answer, signal });
  let before: PrefixView | undefined;
  try {
    for await (const answer of backend.follow(prefixRequest(prefix, { signal }), believes)) {
      const now = entriesOf(answer, prefix);
      yield* changesBetween(before, now);
      before = now;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The keys under `prefix` and below it, from the leader. @throws as `followPrefix` */
export async function listPrefix(
  backend: ConsulBackend,
  prefix: string,
  { signal }: OperationOptions,
): Promise<readonly ConfigEntry[]> {
  const request = prefixRequest(prefix, { signal });
  let answer = await backend.request(request);
  if (!(await believesPrefix(backend, prefix, { answer, signal }))) answer = await backend.request(request);
  return [...entriesOf(answer, prefix).values()];
}

function prefixRequest(prefix: string, { signal }: OperationOptions): ConsulRequest {
  return { what: `listing "${prefix}"`, path: ['kv', prefix], query: { recurse: '' }, accept: [404], signal };
}

async function believesPrefix(
  backend: ConsulBackend,
  prefix: string,
  { answer, signal }: { readonly answer: ConsulAnswer; readonly signal: AbortSignal },
): Promise<boolean> {
  const path = ['kv', prefix === '' ? 'weft' : `${prefix}/`];
  const look = async () => void (await backend.request({ what: `reading "${prefix}"`, path, accept: [404], signal }));
  return backend.rights.believes(`kv ${prefix}`, entriesOf(answer, prefix).size, look);
}
