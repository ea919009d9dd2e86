import type { ConfigEntry } from '@weft/core';
import type { IKeyValue, IRangeResponse } from 'etcd3';
import { isCompacted } from './etcd-error.js';
import type { EtcdSession } from './etcd-session.js';
import type { KeyRange } from './key-range.js';

/** Entries per answer: 10,000 in one would stop the event loop while they are decoded. */
const PAGE = 500;
const MAX_TRIES = 3;
const AFTER = Buffer.from([0]);

/** Everything in a range at one moment of the server's history. */
export interface RangeList {
  readonly entries: readonly EtcdEntry[];
  /** The moment: every later change has a greater one. */
  readonly revision: string;
  /** Whose history it is. */
  readonly clusterId: string;
}

/** A text under a key; its `revision` is that of its last change. */
export interface EtcdEntry extends ConfigEntry {
  readonly revision: string;
}

/** Lists a range in pages of one moment. @throws WeftError */
export async function listRange(session: EtcdSession, range: KeyRange): Promise<RangeList> {
  for (let tries = 1; ; tries++) {
    try {
      return await listPages(session, range);
    } catch (error) {
      if (!isCompacted(error) || tries === MAX_TRIES) throw error;
    }
  }
}

/** What the server shows of a key, as a text. */
export function entryOf({ key, value, mod_revision }: IKeyValue): EtcdEntry {
  return { key: key.toString(), text: value.toString(), revision: mod_revision };
}

async function listPages(session: EtcdSession, { name, key, range_end }: KeyRange): Promise<RangeList> {
  const entries: EtcdEntry[] = [];
  let page: IRangeResponse | undefined;
  let from = key;
  do {
    const revision: string | undefined = page?.header.revision;
    const request = { key: from, limit: PAGE, ...(range_end && { range_end }), ...(revision !== undefined && { revision }) };
    const answer: IRangeResponse = await session.run(`listing "${name}"`, ({ kv }, options) => kv.range(request, options));
    for (const one of answer.kvs) entries.push(entryOf(one));
    const last = answer.kvs.at(-1);
    // Later pages show the moment of the first; their headers that of the answer.
    page = { ...answer, header: page?.header ?? answer.header };
    if (last) from = Buffer.concat([last.key, AFTER]);
  } while (page.more && page.kvs.length > 0);
  return { entries, revision: page.header.revision, clusterId: page.header.cluster_id };
}
