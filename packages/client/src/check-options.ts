import { type OutlierOptions, parseOutlierOptions } from '@weft/breaker';
import { type Problem, refuseAll } from '@weft/core';
import { OF_ROUTES, OF_SERVICES } from './check-policy.js';
import { Given } from './given.js';
import type { ClientOptions } from './options.js';

const { timeout, attemptTimeout, retries, maxRetries, retryDelay, throwOnStatus } = OF_ROUTES;
const { retryBudget } = OF_SERVICES;
/** By the same rules as in policies. */
const CHECKS = { timeout, attemptTimeout, retries, maxRetries, retryDelay, throwOnStatus, retryBudget, outlier };
const OUTLIER_WORDS = ['consecutive', 'baseTime', 'maxTime', 'maxRatio', 'sweep', 'stall', 'slow'];

/**
 * Refuses what cannot be in a client's own options, at once and not with its first call.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `client.outlier.baseTime`
 */
export function assertClientOptions(options: Pick<ClientOptions, keyof typeof CHECKS>): void {
  const problems: Problem[] = [];
  const given = new Given(options, 'client', problems);
  for (const [word, check] of Object.entries(CHECKS)) {
    const member = given.member(word);
    if (member.value !== undefined) check(member, undefined);
  }
  refuseAll(problems);
}

/**
 * Refuses what is no balancer, or no breaker, and makes none.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `circuitBreaker.threshold`
 */
export function assertPart(part: 'loadBalancer' | 'circuitBreaker', option: unknown): void {
  const problems: Problem[] = [];
  OF_SERVICES[part](new Given(option, part, problems), undefined);
  refuseAll(problems);
}

function outlier(given: Given): void {
  if (given.value === false || !given.expectBlock(OUTLIER_WORDS, `false or { ${OUTLIER_WORDS.join(', ')} }`)) return;
  given.make(() => parseOutlierOptions(given.value as OutlierOptions), 'client.outlier');
}
