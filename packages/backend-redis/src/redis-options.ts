import {
  type Clock,
  type Duration,
  invalidOption,
  type Logger,
  noopLogger,
  parseAddresses,
  parsePositiveDuration,
  type Random,
  type ServerAddress,
  systemClock,
  systemRandom,
  type TlsFiles,
} from '@weft/core';

/** How Redis is reached; the part of it that a user writes. */
export interface RedisOptions {
  /**
   * `host:port`, `redis://user:password@host:port/db` or `rediss://...` (TLS); several as a list or with commas: they are
   * tried in order. Default `localhost:6379`.
   */
  readonly address?: string | readonly string[] | undefined;
  /** ACL user; the server's default user unless set. */
  readonly username?: string | undefined;
  /** Password of the user. */
  readonly password?: string | undefined;
  /** Number of the database; default 0. */
  readonly db?: number | undefined;
  /** Encrypts the connection: the files, or `true` to trust what the system trusts. `rediss://` does the same. */
  readonly tls?: TlsFiles | boolean | undefined;
  /** Whether it is a Redis Cluster; default false. */
  readonly cluster?: boolean | undefined;
  /** By when each operation has to be answered; default 10 s. */
  readonly timeout?: Duration | undefined;
}

/** How a backend works beside what the user writes. */
export interface RedisSurroundings {
  /** The folder that relative paths of `tls` are relative to; default the working directory. */
  readonly folder?: string | undefined;
  /** Where the options stand, for errors; default `redis`. */
  readonly path?: string | undefined;
  /** Time of timeouts, probes and pauses. */
  readonly clock?: Clock | undefined;
  /** Spreads the reconnects of many clients. */
  readonly random?: Random | undefined;
  /** Told once when the server is lost, and once when it is back. */
  readonly logger?: Logger | undefined;
  /** Ends opening early: whoever cannot be reached by then is left to the background. */
  readonly signal?: AbortSignal | undefined;
}

/** Where one server listens. */
export interface RedisAddress {
  /** Host name or IP address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Who we are. */
export interface RedisCredentials {
  /** ACL user. */
  readonly username?: string;
  /** Password of the user. */
  readonly password?: string;
}

/** What a backend works with, checked and with every default filled in. */
export interface RedisSettings {
  /** Where the servers are. */
  readonly addresses: readonly [RedisAddress, ...RedisAddress[]];
  /** User and password, where there are; a function, so that whoever prints the settings does not print them. */
  readonly credentials: () => RedisCredentials;
  /** Number of the database. */
  readonly db: number;
  /** Files of the TLS connection; undefined for a plain one. */
  readonly tls: TlsFiles | undefined;
  /** Whether it is a cluster. */
  readonly isCluster: boolean;
  /** By when each operation has to be answered, in ms. */
  readonly timeoutMs: number;
  /** For relative paths. */
  readonly folder: string;
  /** Where the options stand. */
  readonly path: string;
  /** Time. */
  readonly clock: Clock;
  /** Randomness. */
  readonly random: Random;
  /** For changes of state. */
  readonly logger: Logger;
}

const DEFAULT_TIMEOUT = '10s';

/** @throws WEFT_CONFIG_INVALID when an option cannot be used */
export function parseRedisOptions(options: RedisOptions, around: RedisSurroundings): RedisSettings {
  const { username, password, db, tls, cluster = false } = options;
  const { path = 'redis' } = around;
  const addresses = parseAddresses(options.address ?? 'localhost:6379', {
    path: `${path}.address`,
    defaultPort: 6379,
    schemes: ['redis', 'rediss'],
  });
  const [first, ...others] = addresses;
  const named = addresses.find((one) => one.username !== undefined || one.password !== undefined);
  const credentials = credentialsOf(username ?? named?.username, password ?? named?.password);
  const inAddress = databaseOf(addresses, path);
  const number = db ?? Number(inAddress ?? 0);
  if (!Number.isInteger(number) || number < 0) throw invalidOption(`${path}.db`, `expected the number of a database, from 0`);
  if (cluster && number !== 0) throw invalidOption(`${path}.db`, 'a cluster has database 0 only');
  return {
    addresses: [placeOf(first), ...others.map(placeOf)],
    credentials: () => credentials,
    db: number,
    tls: isSecure(addresses, tls, path) ? (typeof tls === 'object' ? tls : {}) : undefined,
    isCluster: cluster,
    timeoutMs: parsePositiveDuration(options.timeout ?? DEFAULT_TIMEOUT, `${path}.timeout`),
    folder: around.folder ?? process.cwd(),
    path,
    clock: around.clock ?? systemClock,
    random: around.random ?? systemRandom,
    logger: around.logger ?? noopLogger,
  };
}

function isSecure(addresses: readonly ServerAddress[], tls: RedisOptions['tls'], path: string): boolean {
  const schemes = new Set(addresses.map(({ scheme }) => scheme ?? (tls ? 'rediss' : 'redis')));
  if (schemes.size > 1) throw invalidOption(`${path}.address`, 'mixes redis and rediss: expected one of the two for all servers');
  if (tls && schemes.has('redis'))
    throw invalidOption(`${path}.address`, 'is redis:// although `tls` is given: expected rediss://');
  if (tls === false && schemes.has('rediss')) throw invalidOption(`${path}.tls`, 'is false although the address is rediss://');
  return schemes.has('rediss');
}

/** The one that any of the addresses names: a client goes to the same one wherever it is connected. */
function databaseOf(addresses: readonly ServerAddress[], path: string): string | undefined {
  const named = [...new Set(addresses.flatMap((address) => address.path ?? []))];
  if (named.length <= 1) return named[0];
  const what = `names the databases ${named.map((one) => JSON.stringify(one)).join(' and ')}`;
  throw invalidOption(`${path}.address`, `${what}: expected the same one for all servers`);
}

function placeOf({ host, port }: ServerAddress): RedisAddress {
  return { host, port };
}

function credentialsOf(username: string | undefined, password: string | undefined): RedisCredentials {
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
}
