import { type ConsulOptions, consulProblems } from '@weft/backend-consul';
import { z } from 'zod';

/** What the Consul config center is opened with. */
export interface ConsulConfigOptions extends Omit<ConsulOptions, 'timeout'> {}

declare global {
  interface WeftDrivers {
    'config/consul': ConsulConfigOptions;
  }
}

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** Checks `ConsulConfigOptions`; unknown keys are issues. */
export const consulConfigOptions: z.ZodType<ConsulConfigOptions> = z
  .strictObject({
    address: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe('Agents: host:port or https://host:port, several with commas'),
    token: text.optional().describe('The ACL token'),
    datacenter: text.optional().describe("The datacenter to use; default the agent's own"),
    namespace: text.optional().describe('The namespace (Consul Enterprise)'),
    tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
  })
  .superRefine((options, context) => {
    for (const { path, message } of consulProblems(options)) context.addIssue({ code: 'custom', path: [path], message });
  });
