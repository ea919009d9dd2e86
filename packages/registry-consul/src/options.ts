import { type ConsulOptions, consulProblems } from '@weft/backend-consul';
import { z } from 'zod';

/** What the Consul registry is opened with. */
export interface ConsulRegistryOptions extends Omit<ConsulOptions, 'timeout'> {
  /** What stands before the name of each service in Consul; default nothing. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/consul': ConsulRegistryOptions;
  }
}

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});

/** Checks `ConsulRegistryOptions`; unknown keys are issues. */
export const consulRegistryOptions: z.ZodType<ConsulRegistryOptions> = z
  .strictObject({
    address: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe('Agents: host:port or https://host:port, several with commas'),
    token: text.optional().describe('The ACL token'),
    datacenter: text.optional().describe("The datacenter to read from; default the agent's own"),
    namespace: text.optional().describe('The namespace (Consul Enterprise)'),
    prefix: z.string().optional().describe('What stands before the name of each service in Consul'),
    tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
  })
  .superRefine((options, context) => {
    for (const { path, message } of consulProblems(options)) context.addIssue({ code: 'custom', path: [path], message });
  });
