import { parseArgs } from 'node:util';
import type { CliOutput } from './cli-output.js';
import { findServer } from './find-server.js';
import { installServer } from './install-server.js';
import { obtainServer } from './obtain-servers.js';
import { serveUntilEnd } from './serve-until-end.js';
import { isServerName, type ServerName, serverNames } from './server-name.js';

const help = `npm run servers -- <command>

  list                          which servers are there, and where they are from
  obtain NAME... [--install]    gets servers: unpacked into .servers, or installed for everybody by apt-get (needs root)
  start NAME [--port N] [--data memory|disk]
                                runs one on 127.0.0.1 until Ctrl-C; with --data disk a kill does not empty it

  NAME: ${serverNames.join(', ')}

WEFT_SERVERS_CACHE names a folder with kept packages, <suite>/<package>_*.deb and maven/*.jar, which is asked before the network.
WEFT_SERVERS=off makes every server missing.`;

/** The program behind `npm run servers`. @returns its exit code: 0, 1 what was asked for cannot be had, 2 it was not understood */
export async function runCli(argv: readonly string[], output: CliOutput): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [command, ...names] = positionals;
    if (values.help || command === undefined) return say(output, help);
    if (command === 'list' && names.length === 0) return list(output);
    if (command === 'obtain') return await obtain(namesOf(names), values.install, output);
    if (command === 'start') return await start(namesOf(names), values, output);
    throw new UsageError(`not understood: ${argv.join(' ')}`);
  } catch (error) {
    output.err(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError || error instanceof TypeError)) return 1;
    output.err('More: npm run servers -- --help');
    return 2;
  }
}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  install: { type: 'boolean', default: false },
  port: { type: 'string' },
  data: { type: 'string' },
} as const;

class UsageError extends Error {}

function say({ out }: CliOutput, text: string): number {
  out(text);
  return 0;
}

function list(output: CliOutput): number {
  for (const name of serverNames) output.out(lineOf(name));
  return 0;
}

function lineOf(name: ServerName): string {
  const found = findServer(name);
  return `${name.padEnd(12)}${'missing' in found ? found.missing : `${found.version.padEnd(12)}${found.from}`}`;
}

async function obtain(names: readonly ServerName[], install: boolean, output: CliOutput): Promise<number> {
  if (names.length === 0) throw new UsageError(`obtain needs names of servers: ${serverNames.join(', ')}`);
  let code = 0;
  for (const name of names) {
    const found = install ? await installServer(name) : await obtainServer(name);
    output.out(lineOf(name));
    if ('missing' in found) code = 1;
  }
  return code;
}

async function start(
  [name, ...others]: readonly ServerName[],
  { port, data }: { readonly port?: string | undefined; readonly data?: string | undefined },
  output: CliOutput,
): Promise<number> {
  if (port !== undefined && !isPort(Number(port))) throw new UsageError(`--port: ${port} is no port; one of 1 to 65535 is`);
  if (data !== undefined && data !== 'memory' && data !== 'disk')
    throw new UsageError(`--data: ${data} is neither memory nor disk`);
  if (!name || others.length > 0) throw new UsageError(`start needs the name of one server: ${serverNames.join(', ')}`);
  return serveUntilEnd(name, { ...(port !== undefined && { port: Number(port) }), ...(data && { data }) }, output);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function namesOf(words: readonly string[]): ServerName[] {
  return words.map((word) => {
    if (!isServerName(word)) throw new UsageError(`there is no server "${word}"; known: ${serverNames.join(', ')}`);
    return word;
  });
}
