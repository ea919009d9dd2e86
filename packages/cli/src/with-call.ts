import type { Client, Response } from '@weft/client';
import { messageOf, WeftError } from '@weft/core';
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
 * Runs `use` with the call that the command line asks for and its client, and closes that.
 * @throws as `use`, and when the command line or the settings cannot be used
 */
export async function withCall(input: CommandInput, use: (call: MakeCall, client: Client) => Promise<number>): Promise<number> {
  const { args, options, io } = input;
  const [service = '', method = '', path = ''] = args;
  const headers = parseHeaderLines(options.header ?? []);
  const body = options.data === undefined ? null : parseBody(await readData(options.data, io), headers);
  const timeout = options.timeout === undefined ? {} : { timeout: parseLimit(options.timeout, 'timeout') };
  const typed = body === null || headers['content-type'] ? headers : { ...headers, 'content-type': 'application/json' };
  const client = await openClient(input);
  const call = async () => {
    const startedAt = io.clock.now();
    const reply = await client.call(method, path, body, { service, headers: typed, signal: io.signal, ...timeout });
    return { reply, durationMs: Math.round(io.clock.now() - startedAt) };
  };
  try {
    return await use(call, client);
  } finally {
    await client.close();
  }
}

/** A client of the settings. For a single call a breaker has nothing to learn from. */
async function openClient(input: CommandInput): Promise<Client> {
  const { config, folder } = await loadSettings(input);
  const { client = {}, registry, transport, loadBalancer, policies, cache } = config;
  const { serviceName: _, circuitBreaker: __, ...own } = client;
  const balancer = client.loadBalancer ?? loadBalancer;
  const { createClient } = await import('@weft/host');
  const words = {
    ...(registry && { registry }),
    ...(transport && { transport }),
    ...(balancer && { loadBalancer: balancer }),
    ...(policies && { policies }),
    ...(cache !== undefined && { cache }),
  };
  return createClient({ ...own, ...words, circuitBreaker: false }, { from: folder, folder });
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
