import { WeftError } from '@weft/core';

/** What stands for itself in an id: Consul's ids ignore case. */
const PLAIN_ID = /^[a-z0-9_.-]+$/;
const NOT_PLAIN = /[^a-z0-9_.-]/gu;
/** Names that do not survive as one part of a URL, and those that look encoded. */
const UNSAFE_NAME = /[/%\\]|^\.{1,2}$/;

/**
 * The name of a service in Consul: the name itself, percent-encoded when Consul's API could not be asked for it.
 * @throws WEFT_INVALID_ARGUMENT for half a character
 */
export function toConsulName(name: string): string {
  assertWellFormed(name);
  return UNSAFE_NAME.test(name) ? encodeURIComponent(name).replace(/\./g, '%2E') : name;
}

/** The name that a name in Consul stands for. */
export function fromConsulName(text: string): string {
  if (!text.includes('%')) return text;
  try {
    const name = decodeURIComponent(text);
    return toConsulName(name) === text ? name : text;
  } catch {
    return text;
  }
}

/**
 * The id of an instance in Consul, where ids are one name space for all services of an agent and ignore case. An id such
 * as `orders-k3x9w2ab` of `orders` stays as it is; any other becomes `<name>:<id>`, percent-encoded, so that two never meet.
 * `name` is the one with the prefix.
 * @throws WEFT_INVALID_ARGUMENT for half a character
 */
export function toConsulId({ name, id }: { readonly name: string; readonly id: string }): string {
  assertWellFormed(id);
  const end = id.startsWith(`${name}-`) ? id.slice(name.length + 1) : '';
  const isOwn = PLAIN_ID.test(id) && end !== '' && !end.includes('-');
  return isOwn ? id : `${toPlain(name)}:${toPlain(id)}`;
}

/** A text in lower case and without any character that means something to Consul's API, distinct for distinct texts. */
export function toPlain(text: string): string {
  if (PLAIN_ID.test(text)) return text;
  return text.replace(NOT_PLAIN, (character) => {
    return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  });
}

function assertWellFormed(text: string): void {
  if (Buffer.from(text).toString() === text) return;
  throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(text)} has half a character: expected well-formed text`);
}
