import { STATUS_CODES } from 'node:http';
import type { Client, Response } from '@weft/client';
import { messageOf, WeftError } from '@weft/core';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { EXIT } from './exit-code.js';
import { printable } from './output.js';
import { parseLimit } from './parse-limit.js';
import { readData } from './read-data.js';
import { loadSettings } from './settings.js';

/** `weft call`: one call with the discovery, the balancing and the retries that a program would have. */
export const call: Command = {
  name: 'call',
  summary: 'Call a service and print the status, who answered, the tries and the body.',
  args: ['service', 'method', 'path'],
  options: ['data', 'header', ...SOURCE_OPTIONS],
  examples: [
    'call orders GET /orders/7',
    `call orders POST /orders --data '{"items":[]}' --header 'x-user: 1' --timeout 5s`,
    'call orders POST /orders --data @order.json',
  ],
  async run(input) {
    const { args, options, io, out } = input;
    const [service = '', method = '', path = ''] = args;
    const headers = parseHeaderLines(options.header ?? []);
    const body = options.data === undefined ? null : parseBody(await readData(options.data, io), headers);
    const timeout = options.timeout === undefined ? {} : { timeout: parseLimit(options.timeout, 'timeout') };
    const typed = body === null || headers['content-type'] ? headers : { ...headers, 'content-type': 'application/json' };
    const client = await openClient(input);
    try {
      const startedAt = io.clock.now();
      const reply = await client.call(method, path, body, { service, headers: typed, signal: io.signal, ...timeout });
      const durationMs = Math.round(io.clock.now() - startedAt);
      if (out.isJson) out.document(documentOf(reply, durationMs));
      else tell(reply, durationMs, out);
      return reply.statusCode < 400 ? EXIT.ok : EXIT.wrong;
    } finally {
      await client.close();
    }
  },
};

/** A client of the settings. For a single call a breaker has nothing to learn from. */
async function openClient(input: CommandInput): Promise<Client> {
  const { config, folder } = await loadSettings(input);
  const { client = {}, registry, transport, loadBalancer } = config;
  const { serviceName: _, circuitBreaker: __, ...own } = client;
  const balancer = client.loadBalancer ?? loadBalancer;
  const { createClient } = await import('@weft/host');
  const words = { ...(registry && { registry }), ...(transport && { transport }), ...(balancer && { loadBalancer: balancer }) };
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

function documentOf(reply: Response, durationMs: number): unknown {
  const { statusCode, headers, instance, attempts } = reply;
  const { id, host, version, endpoints } = instance;
  const from = { id, version, host, port: endpoints[0].port };
  return { status: statusCode, durationMs, instance: from, attempts, headers, body: bodyOf(reply) };
}

function bodyOf(reply: Response): unknown {
  const { data } = reply;
  return data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : data;
}

function tell(reply: Response, durationMs: number, out: CommandInput['out']): void {
  const { statusCode, instance, attempts, data, headers } = reply;
  const { id, host, endpoints } = instance;
  const tries = `${attempts.length} ${attempts.length === 1 ? 'try' : 'tries'}`;
  const status = out.bold(`${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd());
  out.line(`${status}  from ${id} (${host}:${endpoints[0].port}), ${tries}, ${durationMs} ms`);
  if (attempts.length > 1)
    for (const [at, each] of attempts.entries())
      out.line(`  try ${at + 1}  ${each.instance}  ${each.outcome}  ${Math.round(each.durationMs)} ms`);
  if (data === undefined) return;
  if (data instanceof Uint8Array) out.line(`(${data.byteLength} bytes of ${headers['content-type'] ?? 'unknown content'})`);
  else out.line(typeof data === 'string' ? printable(data) : JSON.stringify(data, null, 2));
}
