import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from './find-server.js';
import { freePorts } from './free-ports.js';
import { LaunchedServer } from './launched-server.js';
import type { RunningServer } from './running-server.js';
import type { ServerName } from './server-name.js';
import type { ServerRecipe, ServerTls } from './server-recipe.js';
import { serverRecipes } from './server-recipes.js';

/** How a server is started. */
export interface StartServerOptions {
  /** Its port for clients; default: a free one. */
  readonly port?: number;
  /** Whether a kill leaves something; default: `disk` for etcd and prometheus, which have nothing else, `memory` for the others. */
  readonly data?: 'memory' | 'disk';
  /** Arguments after ours. */
  readonly args?: readonly string[];
  /** A folder in which the throw-away folder is made; default: the machine's temporary one. */
  readonly folder?: string;
  /** Its environment, beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The text of its configuration file: redis.conf, Consul's HCL or JSON, prometheus.yml. etcd takes `args` instead. */
  readonly config?: string;
  /** Serves with TLS, and only so. */
  readonly tls?: ServerTls;
}

/**
 * Starts a server on 127.0.0.1, with ports and a folder of its own, and waits until it serves. It ends when `stop` is
 * called or, however that happens, when this process ends.
 * @throws Error if there is no such server here (`findServer` says why), or with its last lines if it does not start
 */
export function startServer(name: ServerName, options: StartServerOptions = {}): Promise<RunningServer> {
  return start(name, serverRecipes[name], options, 3);
}

/** A free port can be taken by somebody else before the server has it: then once more, with others. */
async function start(name: ServerName, recipe: ServerRecipe, options: StartServerOptions, tries: number): Promise<RunningServer> {
  const server = await createServer(name, recipe, options);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    const isTaken = /address already in use/i.test(String(error));
    if (isTaken && tries > 1 && options.port === undefined) return start(name, recipe, options, tries - 1);
    throw error;
  }
}

/**
 * A server with its ports and its folder, not started yet.
 * @throws Error if there is no such server here
 */
export async function createServer(
  name: ServerName,
  recipe: ServerRecipe,
  { port, data = recipe.data, args = [], folder: parent = tmpdir(), env = {}, config, tls }: StartServerOptions,
): Promise<LaunchedServer> {
  const found = findServer(name);
  if ('missing' in found) throw new Error(`${name} is missing: ${found.missing}`);
  if (config !== undefined && !recipe.configName) throw new Error(`${name} takes no config, only args`);
  const free = await freePorts(recipe.ports.length);
  if (port !== undefined) free[0] = port;
  const ports = Object.fromEntries(recipe.ports.map((each, index) => [each, free[index] ?? 0]));

  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `weft-${name}-`));
  const configFile = config === undefined || !recipe.configName ? undefined : join(folder, recipe.configName(config));
  if (configFile) writeFileSync(configFile, config ?? '');
  return new LaunchedServer({ name, found, recipe, plan: { folder, data, ports, configFile, tls }, args, env });
}
