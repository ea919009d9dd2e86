import { BenchProcess } from '../bench-process.mjs';
import { openClient } from '../open-client.mjs';
import { USER_PATH } from '../user-answer.mjs';
import { pacedCalls } from './paced-calls.mjs';

const PER_SECOND = 400;
const INSTANCES = 5;
const TOO_MANY = 'status 429';

/**
 * Calls to five instances, the last of which answers nothing but 429 while the others have room.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { strategy, pushback } }) {
  const manners = Array.from({ length: INSTANCES }, (_, index) => ({ afterMs: 5, status: index === INSTANCES - 1 ? 429 : 200 }));
  const { process: servers, told } = await BenchProcess.open('users', './protection/users-servers.mjs', { options: manners });
  const origins = (told.ports ?? []).map((port) => `http://127.0.0.1:${port}`);
  const loadBalancer = { strategy, options: pushback === undefined ? {} : { pushback } };
  const { client, close } = await openClient(origins, INSTANCES, { loadBalancer });
  let refused = 0;
  const call = async () => {
    const { statusCode, attempts } = await client.get(USER_PATH);
    if (attempts.some(({ outcome }) => outcome === TOO_MANY)) refused++;
    return statusCode === 200;
  };
  return {
    async measure() {
      const { failed } = await pacedCalls(call, { calls, perSecond: PER_SECOND });
      return { failed, refusedPercent: (refused / calls) * 100 };
    },
    async close() {
      await close();
      await servers.close();
    },
  };
}
