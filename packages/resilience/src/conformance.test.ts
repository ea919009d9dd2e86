import { idempotencySuite, rateLimitSuite } from '@weft/conformance';
import { describe, it } from 'vitest';
import { IdempotencyMemory, memoryIdempotency, memoryRateLimits, RateLimitMemory } from './index.js';

describe('memoryRateLimits', () => {
  const memory = new RateLimitMemory();
  rateLimitSuite(
    { describe, it },
    { name: 'ratelimit-memory', open: () => memoryRateLimits({ memory }), wipe: async () => memory.clear() },
  );
});

describe('memoryIdempotency', () => {
  const memory = new IdempotencyMemory();
  idempotencySuite(
    { describe, it },
    { name: 'idempotency-memory', open: () => memoryIdempotency({ memory }), wipe: async () => memory.clear() },
  );
});
