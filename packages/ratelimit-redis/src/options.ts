import { type RedisOptions, redisProblems } from '@weft/backend-redis';
import type { Duration } from '@weft/core';
import { z } from 'zod';

/** What rate limits on Redis are opened with. */
export interface RedisRateLimitOptions extends RedisOptions {
  /** What the keys begin with; default `weft`: a limit is counted under `weft:ratelimit:<key>`. */
  readonly prefix?: string | undefined;
  /** By when each decision has to be there; default `10s`. A limiter on the way of calls wants less. */
  readonly timeout?: Duration | undefined;
}

declare global {
  interface WeftDrivers {
    'ratelimit/redis': RedisRateLimitOptions;
  }
}

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** Checks `RedisRateLimitOptions`; unknown keys are issues. */
export const redisRateLimitOptions: z.ZodType<RedisRateLimitOptions> = z
  .strictObject({
    address: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe('host:port or redis://host:port/db; several as a list or with commas'),
    username: text.optional().describe('ACL user'),
    password: text.optional().describe('Password of the user'),
    db: z.number().int().min(0).optional().describe('Number of the database'),
    tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
    cluster: z.boolean().optional().describe('Whether it is a Redis Cluster'),
    prefix: text.optional().describe('What the keys begin with'),
    timeout: z.union([z.string(), z.number()]).optional().describe('By when each decision has to be there'),
  })
  .superRefine((options, context) => {
    for (const { path, message } of redisProblems(options)) context.addIssue({ code: 'custom', path: [path], message });
  });
