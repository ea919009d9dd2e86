import { problemsIn } from '@weft/core';
import { z } from 'zod';
import { parseRedisOptions, type RedisOptions } from './redis-options.js';

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** The fields of `RedisOptions` that a config file has, for the schema of a driver. */
export const redisFields = {
  address: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe('host:port or redis://host:port/db; several as a list or with commas'),
  username: text.optional().describe('ACL user'),
  password: text.optional().describe('Password of the user'),
  db: z.number().int().min(0).optional().describe('Number of the database'),
  tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
  cluster: z.boolean().optional().describe('Whether it is a Redis Cluster'),
};

/** The refinement of such a schema: what `openRedis` refuses, told before a server is asked. */
export function refuseBadRedis(options: RedisOptions, context: z.RefinementCtx): void {
  const problems = problemsIn('redis', () => parseRedisOptions(options, { path: 'redis' }));
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [path], message });
}
