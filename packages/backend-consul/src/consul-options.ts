import {
  type Clock,
  type Duration,
  invalidOption,
  type Logger,
  parseAddresses,
  type Random,
  type ServerAddress,
  type TlsFiles,
} from '@weft/core';

/** How a Consul cluster is reached. */
export interface ConsulOptions {
  /** One agent, several with commas, or a list: `host:port` or `https://host:port`. Default `localhost:8500`. */
  readonly address?: string | readonly string[] | undefined;
  /** The ACL token. */
  readonly token?: string | undefined;
  /** The datacenter to read from; default the agent's own. */
  readonly datacenter?: string | undefined;
  /** The namespace, which only Consul Enterprise has. */
  readonly namespace?: string | undefined;
  /** Encrypts the connection: PEM files, or `true` to trust what the system trusts. `https://` does the same. */
  readonly tls?: TlsFiles | boolean | undefined;
  /** By when each operation has to be answered; default 10 s. */
  readonly timeout?: Duration | undefined;
}

/** What a connection to Consul works with. */
export interface ConsulSurroundings {
  /** Where the options stand, for errors: `registry` or `config`. */
  readonly path?: string;
  /** What relative paths of files are relative to; default the working directory. */
  readonly folder?: string;
  /** Default the process's monotonic clock. */
  readonly clock?: Clock;
  /** Default the process's random numbers. */
  readonly random?: Random;
  /** Default silent. */
  readonly logger?: Logger;
  /** Ends the opening early. */
  readonly signal?: AbortSignal;
}

const SCHEMES = ['http', 'https'];
const DEFAULT_PORT = 8_500;

/** The agents' addresses, whether they are reached over TLS, and with which files. @throws WEFT_CONFIG_INVALID */
export function parseAgents(
  { address = `localhost:${DEFAULT_PORT}`, tls }: ConsulOptions,
  path: string,
): { readonly addresses: readonly [ServerAddress, ...ServerAddress[]]; readonly files: TlsFiles; readonly isSecure: boolean } {
  const rules = { path: `${path}.address`, defaultPort: DEFAULT_PORT, schemes: SCHEMES };
  const addresses = parseAddresses(address, rules);
  const schemes = new Set(addresses.map(({ scheme }) => scheme ?? (tls ? 'https' : 'http')));
  const withPath = addresses.find((one) => one.path !== undefined);
  if (withPath) throw invalidOption(rules.path, `"/${withPath.path}" follows the port: expected "host:port" without a path`);
  if (schemes.size > 1) throw invalidOption(rules.path, 'mixes http and https: expected one of the two for all agents');
  if (tls && schemes.has('http')) throw invalidOption(rules.path, 'is http:// although `tls` is given: expected https://');
  if (tls === false && schemes.has('https')) throw invalidOption(`${path}.tls`, 'is false although the address is https://');
  return { addresses, files: typeof tls === 'object' ? tls : {}, isSecure: schemes.has('https') };
}
