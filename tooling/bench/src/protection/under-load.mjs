import { Pool } from 'undici';
import { BenchProcess } from '../bench-process.mjs';
import { quantile } from '../quantile.mjs';
import { USER_PATH } from '../user-answer.mjs';
import { pacedCalls } from './paced-calls.mjs';

const PLACES = 8;
const EACH_MS = 20;
const CAPACITY = (PLACES * 1_000) / EACH_MS;

/** Callers do not wait longer: what is answered later is worth nothing. */
const PATIENCE_MS = 500;

/** Callers that there are. */
const MOST_AT_ONCE = 800;

/**
 * The same service under a fifth of what it can do, under all of it, and under three and five times as much.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { service } }) {
  const options = { places: PLACES, eachMs: EACH_MS, service };
  const { process, told } = await BenchProcess.open('users', './protection/gated-service.mjs', { options });
  const pool = new Pool(`http://127.0.0.1:${told.ports?.[0]}`, { connections: MOST_AT_ONCE });
  const measure = async () => {
    await loaded(pool, 0.5, calls / 4);
    const unloaded = await loaded(pool, 0.2, calls / 5);
    const full = await loaded(pool, 1, calls);
    const three = await loaded(pool, 3, 3 * calls);
    const five = await loaded(pool, 5, 5 * calls);
    const peak = Math.max(full.goodput, three.goodput, five.goodput);
    return {
      unloadedP99Ms: unloaded.p99Ms,
      unloadedLateMs: unloaded.lateMs,
      peak,
      ...figuresOf('three', three, peak, unloaded.p99Ms),
      ...figuresOf('five', five, peak, unloaded.p99Ms),
    };
  };
  return {
    measure,
    async close() {
      await pool.close();
      await process.close();
    },
  };
}

/**
 * @param {Pool} pool
 * @param {number} times the capacity
 * @param {number} calls
 */
async function loaded(pool, times, calls) {
  const call = async () => {
    const { statusCode, body } = await pool.request({ method: 'GET', path: USER_PATH });
    await body.dump();
    return statusCode === 200;
  };
  const made = Math.max(1, Math.round(calls));
  const { goodMs, lateMs, elapsedMs } = await pacedCalls(call, {
    calls: made,
    perSecond: times * CAPACITY,
    mostAtOnce: MOST_AT_ONCE,
  });
  const inTime = goodMs.filter((tookMs) => tookMs <= PATIENCE_MS).length;
  return { goodput: (inTime * 1_000) / elapsedMs, p99Ms: quantile(goodMs, 0.99), lateMs: quantile(lateMs, 0.99) };
}

/**
 * @param {string} name
 * @param {{ goodput: number, p99Ms: number, lateMs: number }} measured
 * @param {number} peak
 * @param {number} unloadedP99Ms
 */
function figuresOf(name, { goodput, p99Ms, lateMs }, peak, unloadedP99Ms) {
  return {
    [`${name}Percent`]: (goodput / peak) * 100,
    [`${name}P99Ms`]: p99Ms,
    [`${name}Ratio`]: p99Ms / unloadedP99Ms,
    [`${name}LateMs`]: lateMs,
  };
}
