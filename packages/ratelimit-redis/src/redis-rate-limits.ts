import type { RedisBackend, RunScript } from '@weft/backend-redis';
import {
  assertRule,
  type OperationOptions,
  type RateLimitDecision,
  type RateLimitRule,
  type RateLimitStore,
  WeftError,
} from '@weft/core';
import { SLIDING_WINDOW_SCRIPT } from './sliding-window-script.js';
import { TOKEN_BUCKET_SCRIPT } from './token-bucket-script.js';

/** Rate limits in Redis: one script call per decision, on the server's clock. */
export class RedisRateLimits implements RateLimitStore {
  private readonly tokenBucket: RunScript;
  private readonly slidingWindow: RunScript;

  constructor(
    private readonly redis: RedisBackend,
    private readonly prefix: string,
  ) {
    this.tokenBucket = redis.script(TOKEN_BUCKET_SCRIPT);
    this.slidingWindow = redis.script(SLIDING_WINDOW_SCRIPT);
  }

  async take(
    key: string,
    rule: RateLimitRule,
    { signal, cost = 1 }: OperationOptions & { readonly cost?: number },
  ): Promise<RateLimitDecision> {
    assertRule(rule, cost);
    const keys = [`${this.prefix}:ratelimit:${key}`];
    return decisionOf(
      rule.algorithm === 'token_bucket'
        ? await this.tokenBucket(WHAT, keys, [rule.perSecond / 1_000, rule.burst, cost], { signal })
        : await this.slidingWindow(WHAT, keys, [rule.limit, rule.windowMs, cost], { signal }),
    );
  }

  close(): Promise<void> {
    return this.redis.close();
  }
}

const WHAT = 'taking from a rate limit';

function decisionOf(answer: unknown): RateLimitDecision {
  if (!Array.isArray(answer)) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${WHAT}: the answer is no decision`);
  const [allowed, remaining, retryAfterMs] = answer.map(Number);
  return { allowed: allowed === 1, remaining: remaining ?? 0, retryAfterMs: retryAfterMs ?? 0 };
}
