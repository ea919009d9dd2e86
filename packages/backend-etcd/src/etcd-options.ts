import {
  type Clock,
  type Duration,
  invalidOption,
  type Logger,
  parseAddresses,
  parsePositiveDuration,
  type Random,
  type ServerAddress,
  type TlsFiles,
} from '@weft/core';

const DEFAULT_ADDRESS = 'localhost:2379';
const DEFAULT_TIMEOUT = '10s';
const RULES = { defaultPort: 2379, schemes: ['http', 'https'] };

/** How etcd is reached. */
export interface EtcdOptions {
  /** One address, several with commas, or a list: `host:port`, `https://host:port`. Default `localhost:2379`. */
  readonly address?: string | readonly string[] | undefined;
  /** etcd's own word for `address`, which wins. */
  readonly endpoints?: string | readonly string[] | undefined;
  /** User of etcd's own access control. A server that has it switched off is used all the same. */
  readonly username?: string | undefined;
  /** Password of `username`. */
  readonly password?: string | undefined;
  /** Encrypts the connection: PEM files, or `true` to trust what the system trusts. `https://` does the same. */
  readonly tls?: TlsFiles | boolean | undefined;
  /** By when each operation has to be answered; default 10 s. */
  readonly timeout?: Duration | undefined;
}

/** What is around a backend. */
export interface EtcdSurroundings {
  /** Where the options stand, for errors: `registry`. Default `etcd`. */
  readonly path?: string;
  /** What relative paths of `tls` are relative to; default the working directory. */
  readonly folder?: string;
  /** A prefix whose keys must be readable, or opening fails with WEFT_PERMISSION_DENIED; none unless given. */
  readonly mustRead?: string;
  /** Ends opening early. */
  readonly signal?: AbortSignal;
  /** Default the system's. */
  readonly clock?: Clock;
  /** Default the system's. */
  readonly random?: Random;
  /** Told when contact is lost and when it is there again; default nobody. */
  readonly logger?: Logger;
}

/** One server of a cluster. */
export interface EtcdEndpoint {
  /** `host:port`, for people. */
  readonly address: string;
  /** With scheme, as the client library takes it. */
  readonly url: string;
  /** Whether the connection is encrypted. */
  readonly isSecure: boolean;
}

/** `EtcdOptions`, checked. */
export interface EtcdTarget {
  /** Any of them will do. */
  readonly endpoints: readonly EtcdEndpoint[];
  /** Who we are, if we have to say so. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Files for encrypted connections. */
  readonly tls: TlsFiles;
  /** By when each operation has to be answered. */
  readonly timeoutMs: number;
}

/**
 * Checks the options of etcd.
 * @param path where they stand, for the error: `registry`
 * @throws WEFT_CONFIG_INVALID
 */
export function parseEtcdOptions(options: EtcdOptions, path: string): EtcdTarget {
  const { tls, endpoints } = options;
  const { address = endpoints ?? DEFAULT_ADDRESS } = options;
  const addressPath = `${path}.${address === endpoints ? 'endpoints' : 'address'}`;
  const addresses = parseAddresses(address, { ...RULES, path: addressPath });
  const named = addresses.find((one) => one.username !== undefined);
  const { username = named?.username, password = named?.password } = options;
  if ((username === undefined) !== (password === undefined)) {
    const given = username === undefined ? 'password' : 'username';
    throw invalidOption(`${path}.${given}`, `stands alone: expected username and password, or neither`);
  }
  return {
    endpoints: addresses.map((one) => endpointOf(one, tls, path, addressPath)),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    tls: typeof tls === 'object' ? tls : {},
    timeoutMs: parsePositiveDuration(options.timeout ?? DEFAULT_TIMEOUT, `${path}.timeout`),
  };
}

function endpointOf(
  { scheme, host, port, path: rest }: ServerAddress,
  tls: EtcdOptions['tls'],
  path: string,
  addressPath: string,
): EtcdEndpoint {
  if (rest !== undefined) throw invalidOption(addressPath, `"/${rest}" follows the port: expected "host:port" without a path`);
  const isSecure = scheme === undefined ? tls !== undefined && tls !== false : scheme === 'https';
  if (tls && !isSecure) throw invalidOption(addressPath, 'is http:// although `tls` is given: expected https://');
  if (tls === false && isSecure) throw invalidOption(`${path}.tls`, 'is false although the address is https://');
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { address, url: `${isSecure ? 'https' : 'http'}://${address}`, isSecure };
}
