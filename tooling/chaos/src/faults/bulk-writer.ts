import type { ServiceInstance } from '@weft/core';
import type { FaultStage } from './fault-row.js';
import { recordWriter } from './record-writer.js';

const NODE = 'elsewhere';
/** Most operations that a transaction of Consul takes. */
const AT_ONCE = 64;

/** Writes very many records; they stay. */
export type BulkWriter = (records: readonly ServiceInstance[]) => Promise<void>;

/**
 * Through our driver; in Consul as foreign services of a node that has no agent: an agent is made for some tens of services,
 * and is slow with thousands, which says nothing about those who watch.
 * @param address of the server
 */
export async function bulkWriter(stage: FaultStage, address: string): Promise<BulkWriter> {
  if (stage.backend.driver !== 'consul') return (await recordWriter(stage, { address })).putAll;
  await send(address, 'catalog/register', { Node: NODE, Address: '127.0.0.1' });
  return async (records) => {
    for (let from = 0; from < records.length; from += AT_ONCE) {
      await send(address, 'txn', records.slice(from, from + AT_ONCE).map(operationOf));
    }
  };
}

function operationOf({ id, name, host, endpoints: [{ port }], version }: ServiceInstance): object {
  const service = { ID: id, Service: name, Address: host, Port: port, Meta: { version } };
  return { Service: { Verb: 'set', Node: NODE, Service: service } };
}

async function send(address: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`http://${address}/v1/${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`consul: ${path} answers ${answer.status} ${await answer.text()}`);
}
