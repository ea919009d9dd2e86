import { Service } from '@weft/service';
import { prefixOf } from '../load.mjs';
import { userAnswer } from '../user-answer.mjs';

/**
 * Ours: routing, deadline and the caller's trace; the handler looks at both, so that neither is left undone.
 * @param {import('../area.mjs').Setting} setting
 * @returns {Promise<import('../area.mjs').Opened>}
 */
export async function open({ size, metrics }) {
  return await openUsersService(size, metrics ? { metrics: countingMetrics() } : {});
}

/**
 * @param {number} size how many routes it has
 * @param {Partial<import('@weft/service').ServiceOptions & import('@weft/service').ServiceParts>} options
 */
export async function openUsersService(size, options) {
  const service = new Service({ name: 'users', ...options });
  for (let index = 0; index < size; index++) service.addHandler(`GET ${prefixOf(index)}/users/:id`, answerUser);
  await service.start();
  return { port: service.port, close: async () => void (await service.stop({ immediate: true })) };
}

/** @type {import('@weft/service').ServiceHandler} */
function answerUser({ params, deadline, trace }) {
  if (deadline.leftMs() > 10_000 || !trace?.traceId.startsWith('0af7'))
    throw new Error('the caller’s deadline or trace was lost');
  return userAnswer(String(params.id));
}

/** What measuring costs the service itself, whatever backend is behind it. @returns {import('@weft/core').Metrics} */
function countingMetrics() {
  const counted = { increment: 0, histogram: 0, gauge: 0 };
  return {
    increment: () => void counted.increment++,
    histogram: () => void counted.histogram++,
    gauge: () => void counted.gauge++,
  };
}
