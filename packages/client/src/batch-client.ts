import type { BatchOptions, BatchRequest, BatchResult } from './batch-call.js';

/** Makes many calls at a time over a client, always in batches of the same size and time. */
export class BatchClient {
  readonly #client: Pick<BatchClient, 'batchCall'>;
  readonly #options: BatchOptions;

  /** @param client makes the calls, and stays the caller's */
  constructor(client: Pick<BatchClient, 'batchCall'>, options: BatchOptions = {}) {
    this.#client = client;
    this.#options = options;
  }

  /** What became of each call, in the order of the requests. @throws as `batchCall` */
  batchCall(requests: readonly BatchRequest[], options: BatchOptions = {}): Promise<BatchResult[]> {
    return this.#client.batchCall(requests, { ...this.#options, ...options });
  }
}
