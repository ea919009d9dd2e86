import { problemsIn } from '@weft/core';
import { z } from 'zod';
import { type ConsulOptions, parseAgents } from './consul-options.js';

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** The fields of `ConsulOptions` that a config file has, for the schema of a driver. */
export const consulFields = {
  address: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe('Agents: host:port or https://host:port, several with commas'),
  token: text.optional().describe('The ACL token'),
  datacenter: text.optional().describe("The datacenter to use; default the agent's own"),
  namespace: text.optional().describe('The namespace (Consul Enterprise)'),
  tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
};

/** The refinement of such a schema: what `openConsul` refuses, told before a server is asked. */
export function refuseBadConsul(options: ConsulOptions, context: z.RefinementCtx): void {
  const problems = problemsIn('consul', () => parseAgents(options, 'consul'));
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [path], message });
}
