/** Calls under way at a time, as in the tables of the goals. */
export const CONCURRENCY = 64;

/**
 * Makes `calls` calls, 64 at a time.
 * @param {(index: number) => Promise<unknown>} call
 * @param {number} calls
 */
export async function concurrentCalls(call, calls) {
  let next = 0;
  const line = async () => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, line));
}

/**
 * A client variant from one call that resolves to the parsed answer.
 * @param {() => Promise<unknown>} call
 * @param {() => Promise<void> | void} close
 * @returns {import('./area.mjs').Opened}
 */
export function clientVariant(call, close) {
  return { first: call, run: (calls) => concurrentCalls(call, calls), close };
}
