import { problemsIn } from '@weft/core';
import { z } from 'zod';
import { type EtcdOptions, parseEtcdOptions } from './etcd-options.js';

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});
const addresses = z.union([text, z.array(text).min(1)]);

/** The fields of `EtcdOptions` that a config file has, for the schema of a driver. */
export const etcdFields = {
  address: addresses.optional().describe('One address, several with commas, or a list; any of them will do'),
  endpoints: addresses.optional().describe("etcd's own word for address"),
  username: text.optional().describe("User of etcd's access control"),
  // A user of etcd may have an empty one.
  password: z.string().optional().describe('Password of username'),
  tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
};

/** The refinement of such a schema: what `openEtcd` refuses, told before a server is asked. */
export function refuseBadEtcd(options: EtcdOptions, context: z.RefinementCtx): void {
  const problems = problemsIn('etcd', () => parseEtcdOptions(options, 'etcd'));
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [path], message });
}
