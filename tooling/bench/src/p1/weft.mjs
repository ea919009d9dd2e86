import { clientVariant } from '../concurrent-calls.mjs';
import { openClient } from '../open-client.mjs';
import { USER_PATH } from '../user-answer.mjs';

/**
 * Ours with its defaults: discovery, pick, ejection, breaker, retries armed, deadline, trace header.
 * @param {import('../area.mjs').Setting} setting
 * @param {import('@weft/client').Policies} [policies]
 */
export async function open({ origins, size }, policies = {}) {
  const { client, close } = await openClient(origins, size, { policies });
  return clientVariant(async () => (await client.get(USER_PATH)).data, close);
}
