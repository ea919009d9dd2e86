import { BatchClient, type BatchRequest, type Client, type Response } from '@weft/client';

/** The seed's client for batches: so many calls at once, so long for each batch. */
export function createBatchClient(client: Client): BatchClient {
  return new BatchClient(client, { batchSize: 2, batchTimeout: '5s' });
}

/** The seed's way with errors: the first one fails the whole. */
export async function batchOrFail(client: BatchClient, requests: readonly BatchRequest[]): Promise<Response[]> {
  const results = await client.batchCall(requests, { failFast: true });
  return results.map((result) => {
    if (result.ok) return result.value;
    throw result.error;
  });
}
