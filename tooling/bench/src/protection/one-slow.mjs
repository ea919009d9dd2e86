import { BenchProcess } from '../bench-process.mjs';
import { openClient } from '../open-client.mjs';
import { quantile } from '../quantile.mjs';
import { USER_PATH } from '../user-answer.mjs';
import { pacedCalls } from './paced-calls.mjs';

const PER_SECOND = 200;
const USUAL_MS = 20;
const SLOW_MS = 200;
const INSTANCES = 5;

/**
 * Calls to five good instances, then to four good ones and one that is ten times slower: by a new client each time, which has
 * to find out.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { strategy, outlier } }) {
  const options = { loadBalancer: strategy, outlier };
  const measure = async () => {
    const { p99Ms: healthyP99Ms } = await measureWith(USUAL_MS, calls, options);
    const { p99Ms, slowPercent } = await measureWith(SLOW_MS, calls, options);
    return { healthyP99Ms, p99Ms, ratio: p99Ms / healthyP99Ms, slowPercent };
  };
  return { measure, close() {} };
}

/**
 * @param {number} lastMs how long the last one of the instances takes
 * @param {number} calls
 * @param {Partial<import('@weft/client').ClientOptions>} options
 */
async function measureWith(lastMs, calls, options) {
  const manners = Array.from({ length: INSTANCES }, (_, index) => ({ afterMs: index === INSTANCES - 1 ? lastMs : USUAL_MS }));
  const { process: servers, told } = await BenchProcess.open('users', './protection/users-servers.mjs', { options: manners });
  const origins = (told.ports ?? []).map((port) => `http://127.0.0.1:${port}`);
  const { client, close } = await openClient(origins, INSTANCES, options);
  let byLast = 0;
  try {
    const paced = await pacedCalls(
      async () => {
        const { statusCode, instance } = await client.get(USER_PATH);
        if (instance.id === `users-${INSTANCES - 1}`) byLast++;
        return statusCode === 200;
      },
      { calls, perSecond: PER_SECOND },
    );
    if (paced.failed > 0) throw new Error(`${paced.failed} of ${calls} calls failed`);
    return { p99Ms: quantile(paced.goodMs, 0.99), slowPercent: (byLast / calls) * 100 };
  } finally {
    await close();
    await servers.close();
  }
}
