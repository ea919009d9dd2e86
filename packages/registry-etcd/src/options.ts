import { type EtcdOptions, etcdProblems } from '@weft/backend-etcd';
import { z } from 'zod';

/** What the driver `etcd` of the registry is opened with. */
export interface EtcdRegistryOptions extends Omit<EtcdOptions, 'timeout'> {
  /** etcd's own word for `address`, which wins. */
  readonly endpoints?: string | readonly string[] | undefined;
  /** User of etcd's access control. It has to read and write the keys below `<prefix>/services/`. */
  readonly username?: string | undefined;
  /** What all keys begin with; default `weft`. */
  readonly prefix?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'registry/etcd': EtcdRegistryOptions;
  }
}

const text = z.string().min(1);
const tls = z.strictObject({
  ca: text.optional().describe("PEM file of the authorities to trust instead of the system's"),
  cert: text.optional().describe('PEM file of the certificate to show'),
  key: text.optional().describe('PEM file of the private key of cert'),
  serverName: text.optional().describe("Name to expect in the server's certificate"),
});
const addresses = z.union([text, z.array(text).min(1)]);

/** Checks `EtcdRegistryOptions`; unknown keys are issues. */
export const etcdRegistryOptions: z.ZodType<EtcdRegistryOptions> = z
  .strictObject({
    address: addresses.optional().describe('One address, several with commas, or a list; any of them will do'),
    endpoints: addresses.optional().describe("etcd's own word for address"),
    username: text.optional().describe("User of etcd's access control"),
    // A user of etcd may have an empty one.
    password: z.string().optional().describe('Password of username'),
    prefix: text.optional().describe('What all keys begin with; default weft'),
    tls: z.union([z.boolean(), tls]).optional().describe('PEM files of the encrypted connection, or true'),
  })
  .superRefine(({ endpoints, address, ...others }, context) => {
    for (const { path, message } of etcdProblems({ ...others, address: address ?? endpoints })) {
      const word = path === 'address' && address === undefined ? 'endpoints' : path;
      context.addIssue({ code: 'custom', path: [word], message });
    }
  });
