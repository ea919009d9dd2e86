import { Agent } from 'node:http';
import axios from 'axios';
import { CONCURRENCY, clientVariant } from '../concurrent-calls.mjs';
import { USER_PATH } from '../user-answer.mjs';

/** The client that most projects have. @param {import('../area.mjs').Setting} setting */
export async function open({ origins: [baseURL = ''] }) {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const client = axios.create({ baseURL, httpAgent, proxy: false });
  return clientVariant(
    async () => (await client.get(USER_PATH)).data,
    () => httpAgent.destroy(),
  );
}
