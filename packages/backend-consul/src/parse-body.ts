import type { ClientResponse } from './consul-client.js';
import { type ParseJsonOptions, parseJson } from './parse-json.js';

/**
 * What stands in a response: parsed when it says that it is JSON, a text when it says that it is one, else bytes; undefined
 * when it is empty, and possibly when the signal is aborted.
 * @throws SyntaxError for JSON that is none, and what `each` throws
 */
export async function parseBody({ headers, body }: ClientResponse, options: ParseJsonOptions): Promise<unknown> {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  switch (body && type.trim()) {
    case 'application/json':
    case 'text/json':
      return parseJson(body as Buffer, options);
    case 'text/plain':
    case 'text/html':
      return String(body);
    default:
      return body;
  }
}
