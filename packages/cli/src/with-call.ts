import type { Response } from '@weft/client';
import { messageOf, WeftError } from '@weft/core';
import type { Host } from '@weft/host';
import type { CommandInput } from './command.js';
import { parseLimit } from './parse-limit.js';
import { readData } from './read-data.js';
import { loadSettings } from './settings.js';

/** An answer, and how long it took in ms. */
export interface Answered {
  /** Of whatever status. */
  readonly reply: Response;
  /** Tries and waits included. */
  readonly durationMs: number;
}

/** Makes the call of a command line; rejects as `Client.call`. */
export type MakeCall = () => Promise<Answered>;

/**
 * Runs `use` with the call that the command line asks for and the host that makes it, and stops that.
 * @throws as `use`, and when the command line or the settings cannot be used
 */
export async function withCall(input: CommandInput, use: (call: MakeCall, host: Host) => Promise<number>): Promise<number> {
  const { args, options, io } = input;
  const [service = '', method = '', path = ''] = args;
  const headers = parseHeaderLines(options.header ?? []);
  const body = options.data === undefined ? null : parseBody(await readData(options.data, io), headers);
  const timeout = options.timeout === undefined ? {} : { timeout: parseLimit(options.timeout, 'timeout') };
  const typed = body === null || headers['content-type'] ? headers : { ...headers, 'content-type': 'application/json' };
  const host = await openHost(input);
  const call = async () => {
    const startedAt = io.clock.now();
    const reply = await host.client(service).call(method, path, body, { headers: typed, signal: io.signal, ...timeout });
    return { reply, durationMs: Math.round(io.clock.now() - startedAt) };
  };
  try {
    await host.start();
    return await use(call, host);
  } finally {
    await host.stop();
  }
}

/** What a program of the settings calls with, governed as it is. For a single call a breaker has nothing to learn from. */
async function openHost(input: CommandInput): Promise<Host> {
  const { config, folder, hasCenter } = await loadSettings(input);
  const { client, registry, config: center, transport, loadBalancer, policies, cache, rateLimit } = config;
  const { createHost } = await import('@weft/host');
  const words = {
    client: { ...client, circuitBreaker: false },
    logging: { level: 'silent' } as const,
    ...(registry && { registry }),
    ...(hasCenter && center && { config: center }),
    ...(transport && { transport }),
    ...(loadBalancer && { loadBalancer }),
    ...(policies && { policies }),
    ...(cache !== undefined && { cache }),
    ...(rateLimit && { rateLimit }),
  };
  const host = await createHost(words, { from: folder, folder, signals: false });
  if (hasCenter)
    host.config.on('rejected', ({ key, reason }) => input.out.note(`${key} of the config center is refused: ${reason}`));
  return host;
}

/** `name: value` lines by name in lower case. @throws WEFT_INVALID_ARGUMENT */
function parseHeaderLines(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
      throw new WeftError('WEFT_INVALID_ARGUMENT', `--header: ${JSON.stringify(line)} is no header: expected "name: value"`);
    }),
  );
}

/** The bytes as they are; JSON unless a header says otherwise. @throws WEFT_INVALID_ARGUMENT when it should be JSON and is none */
function parseBody(bytes: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  if (headers['content-type']) return bytes;
  try {
    JSON.parse(bytes.toString('utf8'));
    return bytes;
  } catch (cause) {
    const message = `--data is not JSON: ${messageOf(cause)}. For another format name it: --header 'content-type: text/plain'`;
    throw new WeftError('WEFT_INVALID_ARGUMENT', message, { cause });
  }
}
