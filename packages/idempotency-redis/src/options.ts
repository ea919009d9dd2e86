import { type RedisOptions, redisProblems } from '@weft/backend-redis';
import { z } from 'zod';

/** What an idempotency store on Redis is opened with. */
export interface RedisIdempotencyOptions extends RedisOptions {
  /** What the keys begin with; default `weft`: an answer is kept under `weft:idempotency:<key>`. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'idempotency/redis': RedisIdempotencyOptions;
  }
}

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** Checks `RedisIdempotencyOptions`; unknown keys are issues. */
export const redisIdempotencyOptions: z.ZodType<RedisIdempotencyOptions> = z
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
    timeout: z.union([z.string(), z.number()]).optional().describe('By when each operation has to be answered'),
  })
  .superRefine((options, context) => {
    for (const { path, message } of redisProblems(options)) context.addIssue({ code: 'custom', path: [path], message });
  });
