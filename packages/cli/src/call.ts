import { STATUS_CODES } from 'node:http';
import type { Response } from '@weft/client';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { EXIT } from './exit-code.js';
import { printable } from './output.js';
import { withCall } from './with-call.js';

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
    const { out } = input;
    return withCall(input, async (call) => {
      const { reply, durationMs } = await call();
      if (out.isJson) out.document(documentOf(reply, durationMs));
      else tell(reply, durationMs, out);
      return reply.statusCode < 400 ? EXIT.ok : EXIT.wrong;
    });
  },
};

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
