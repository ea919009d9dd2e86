import { parse as parseForm } from 'node:querystring';
import { type HeaderMap, messageOf, ServiceError } from '@weft/core';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;
const SUSPECT = /__proto__|\\u/i;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * The value of a body by its content-type: JSON, form, text, else the bytes. Nothing is undefined.
 * @throws ServiceError 400 for malformed JSON, saying where
 */
export function parseBody(bytes: Uint8Array, headers: HeaderMap): unknown {
  if (bytes.byteLength === 0) return undefined;
  const [type = ''] = String(headers['content-type'] ?? '').split(';', 1);
  const name = type.trim().toLowerCase();
  if (JSON_TYPE.test(name)) return parseJson(textOf(bytes));
  if (name === 'application/x-www-form-urlencoded') return parseForm(textOf(bytes));
  return name.startsWith('text/') ? textOf(bytes) : bytes;
}

/** `__proto__` keys are dropped: merged into another object, they would become its prototype. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (SUSPECT.test(text)) dropProto(value);
    return value;
  } catch (error) {
    throw new ServiceError(400, `Malformed JSON: ${printable(messageOf(error))}`);
  }
}

/** A list instead of recursion, for a body may be as deep as it is long; several times as fast as a reviver (R96). */
function dropProto(root: unknown): void {
  const left = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      if (typeof child === 'object' && child !== null) left.push(child);
    }
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]+/g, '?');
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}
