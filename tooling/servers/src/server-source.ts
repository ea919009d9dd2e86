import type { JarServer } from './jar-source.js';
import type { ServerName } from './server-name.js';

/** The servers that Debian has packages of. */
export type PackagedServer = Exclude<ServerName, JarServer>;

/** Where the programs of one server come from and how to recognize them. */
export interface ServerSource {
  /** The Debian suite whose packages are unpacked. */
  readonly suite: 'bookworm' | 'trixie' | 'bullseye';
  /** The packages of the server and its tool. */
  readonly packages: readonly string[];
  /** The packages with libraries that a machine without this server usually lacks. */
  readonly libraries: readonly string[];
  /** The server's own program, as it is called on PATH. */
  readonly program: string;
  /** The command line tool of the server; the same program where there is only one. */
  readonly tool: string;
  /** What makes the program print its version. */
  readonly versionArgs: readonly string[];
  /** Finds the version in what it prints: major, minor, rest. */
  readonly version: RegExp;
  /** The smallest version that serves: major and minor. */
  readonly least: readonly [major: number, minor: number];
  /** Its name in the package manager that people without Debian have. */
  readonly formula: string;
}

const etcd = {
  packages: ['etcd-server', 'etcd-client'],
  libraries: [],
  program: 'etcd',
  tool: 'etcdctl',
  versionArgs: ['--version'],
  version: /etcd Version: (\d+)\.(\d+)([.\w-]*)/,
  formula: 'etcd',
} as const;

/**
 * Debian has no Consul after bullseye, and its later builds of Prometheus do not find their targets in Consul. Only trixie
 * has an etcd of the line 3.5.
 */
export const serverSources: Readonly<Record<PackagedServer, ServerSource>> = {
  redis: {
    suite: 'bookworm',
    packages: ['redis-server', 'redis-tools'],
    libraries: ['libhiredis0.14', 'libjemalloc2', 'liblua5.1-0', 'lua-bitop', 'lua-cjson', 'libatomic1', 'liblzf1'],
    program: 'redis-server',
    tool: 'redis-cli',
    versionArgs: ['--version'],
    version: /v=(\d+)\.(\d+)([.\w-]*)/,
    least: [6, 2],
    formula: 'redis',
  },
  etcd: { ...etcd, suite: 'bookworm', least: [3, 4] },
  etcd35: { ...etcd, suite: 'trixie', least: [3, 5] },
  consul: {
    suite: 'bullseye',
    packages: ['consul'],
    libraries: [],
    program: 'consul',
    tool: 'consul',
    versionArgs: ['version'],
    version: /Consul v(\d+)\.(\d+)([.\w-]*)/,
    least: [1, 7],
    formula: 'consul',
  },
  prometheus: {
    suite: 'bullseye',
    packages: ['prometheus'],
    libraries: [],
    program: 'prometheus',
    tool: 'promtool',
    versionArgs: ['--version'],
    version: /version (\d+)\.(\d+)([.\w+-]*)/,
    least: [2, 24],
    formula: 'prometheus',
  },
};
