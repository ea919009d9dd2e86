import {
  type Clock,
  type Duration,
  type Logger,
  type Problem,
  parseAddresses,
  parseDuration,
  problemsIn,
  type Random,
  type ServerAddress,
  type TlsFiles,
  WeftError,
} from '@weft/core';

const DEFAULT_ADDRESS = 'localhost:2379';
const DEFAULT_TIMEOUT = '10s';
const RULES = { defaultPort: 2379, schemes: ['http', 'https'] };

/** How etcd is reached. */
export interface EtcdOptions {
  /** One address, several with commas, or a list: `host:port`, `https://host:port`. Default `localhost:2379`. */
  readonly address?: string | readonly string[] | undefined;
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
  const { tls } = options;
  const addresses = parseAddresses(options.address ?? DEFAULT_ADDRESS, { ...RULES, path: `${path}.address` });
  const named = addresses.find((one) => one.username !== undefined);
  const { username = named?.username, password = named?.password } = options;
  if ((username === undefined) !== (password === undefined)) {
    const given = username === undefined ? 'password' : 'username';
    throw invalid(`${path}.${given}`, `stands alone: expected username and password, or neither`);
  }
  const timeoutMs = parseDuration(options.timeout ?? DEFAULT_TIMEOUT, `${path}.timeout`);
  if (timeoutMs <= 0) throw invalid(`${path}.timeout`, '0 ms leaves no time for an answer: expected more');
  return {
    endpoints: addresses.map((address) => endpointOf(address, tls, path)),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    tls: typeof tls === 'object' ? tls : {},
    timeoutMs,
  };
}

/** What `openEtcd` refuses of options before it looks at files and servers; paths are those within the options. */
export function etcdProblems(options: EtcdOptions): readonly Problem[] {
  return problemsIn('etcd', () => parseEtcdOptions(options, 'etcd'));
}

function endpointOf({ scheme, host, port, path: rest }: ServerAddress, tls: EtcdOptions['tls'], path: string): EtcdEndpoint {
  if (rest !== undefined) throw invalid(`${path}.address`, `"/${rest}" follows the port: expected "host:port" without a path`);
  const isSecure = scheme === undefined ? tls !== undefined && tls !== false : scheme === 'https';
  if (tls && !isSecure) throw invalid(`${path}.address`, 'is http:// although `tls` is given: expected https://');
  if (tls === false && isSecure) throw invalid(`${path}.tls`, 'is false although the address is https://');
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { address, url: `${isSecure ? 'https' : 'http'}://${address}`, isSecure };
}

function invalid(path: string, message: string): WeftError {
  return new WeftError('WEFT_CONFIG_INVALID', `${path}: ${message}`, { problems: [{ path, message }] });
}
