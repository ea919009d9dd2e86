import { once } from 'node:events';
import type { CliOutput } from './cli-output.js';
import { isFree } from './free-ports.js';
import { obtainServer } from './obtain-servers.js';
import type { RunningServer } from './running-server.js';
import type { ServerName } from './server-name.js';
import { serverRecipes } from './server-recipes.js';
import { type StartServerOptions, startServer } from './start-server.js';

/**
 * Runs a server until a signal ends it, on the port where everybody expects it if that is free.
 * @returns the exit code: 0 after a signal, 1 if it ended by itself or is not to be had
 */
export async function serveUntilEnd(name: ServerName, options: StartServerOptions, { out, err }: CliOutput): Promise<number> {
  const found = await obtainServer(name);
  if ('missing' in found) {
    err(found.missing);
    return 1;
  }
  const { usualPort } = serverRecipes[name];
  const port = options.port ?? ((await isFree(usualPort)) ? usualPort : undefined);
  const server = await startServer(name, { ...options, ...(port !== undefined && { port }) });
  const signalled = signal();
  out(`${name} ${server.version} on ${server.address} (${found.from}). Ctrl-C ends it.`);
  out(exampleOn(server));
  const isStopped = await Promise.race([signalled, server.ended().then(() => false)]);
  if (!isStopped) err(`${name} ended by itself:\n${server.output.slice(-12).join('\n')}`);
  await server.stop();
  return isStopped ? 0 : 1;
}

async function signal(): Promise<boolean> {
  await Promise.race((['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((each) => once(process, each)));
  return true;
}

function exampleOn({ name, address }: RunningServer): string {
  if (name === 'prometheus') return `Try: http://${address}/graph`;
  if (name === 'zipkin') return `Try: http://${address}/zipkin`;
  return `Try: npx weft services --watch --registry ${name.replace('35', '')} --address ${address}`;
}
