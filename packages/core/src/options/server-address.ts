import type { WeftError } from '../errors.js';
import { invalidOption } from './invalid-option.js';

/** Where one server of a backend listens. */
export interface ServerAddress {
  /** What stood before `://`, if anything. */
  readonly scheme?: string;
  /** Host name or IP address, an IPv6 one without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** From `user:password@`; decoded. */
  readonly username?: string;
  /** From `user:password@`; decoded. */
  readonly password?: string;
  /** What follows the port, without the first `/`; absent when empty. */
  readonly path?: string;
}

/** What the addresses of a backend look like. */
export interface AddressRules {
  /** Where the value stands, for the error: `registry.address`. */
  readonly path: string;
  /** The port when none is given. */
  readonly defaultPort: number;
  /** What may stand before `://`; nothing need stand there. */
  readonly schemes: readonly string[];
}

/**
 * One or several addresses, each `host`, `host:port` or `scheme://user:password@host:port/path`; commas separate several
 * in one text. A password never shows in an error.
 * @throws WEFT_CONFIG_INVALID
 */
export function parseAddresses(
  given: string | readonly string[],
  rules: AddressRules,
): readonly [ServerAddress, ...ServerAddress[]] {
  const texts = (typeof given === 'string' ? given.split(',') : [...given]).map((text) => text.trim());
  const [first, ...others] = texts;
  if (first === undefined) throw invalid(rules, 'is empty');
  // A comma in a password has cut it in two, and the first half looks like an address.
  const isHalf = (text: string) => texts.some((other) => other.includes('@')) && !text.includes('@');
  const parse = (text: string) => parseOne(text, isHalf(text) ? 'a part without "@"' : JSON.stringify(withoutUser(text)), rules);
  return [parse(first), ...others.map(parse)];
}

function parseOne(text: string, shown: string, rules: AddressRules): ServerAddress {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(text) ?? [];
  if (scheme !== undefined && !rules.schemes.includes(scheme)) {
    throw invalid(rules, `"${scheme}://" is not known here; known: ${rules.schemes.map((known) => `${known}://`).join(', ')}`);
  }
  const url = urlOf(`weft://${rest}`);
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (!url || host === '' || /[?#\s]/.test(rest)) throw invalid(rules, `${shown} is no address`);
  const port = url.port === '' ? rules.defaultPort : Number(url.port);
  if (port < 1) throw invalid(rules, `${shown}: the port must be 1 to 65535`);
  const path = url.pathname.replace(/^\//, '');
  return {
    ...(scheme !== undefined && { scheme }),
    host,
    port,
    ...(url.username !== '' && { username: decoded(url.username, shown, rules) }),
    ...(url.password !== '' && { password: decoded(url.password, shown, rules) }),
    ...(path !== '' && { path }),
  };
}

function decoded(text: string, shown: string, rules: AddressRules): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(rules, `${shown}: a "%" in user or password must be written as "%25", a "," as "%2C"`);
  }
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Everything up to the last `@` may be a password. */
function withoutUser(text: string): string {
  return text.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?).*@/i, '$1');
}

function invalid({ path, defaultPort }: AddressRules, what: string): WeftError {
  return invalidOption(path, `${what}: expected "host:port" such as "localhost:${defaultPort}", or a list of them`);
}
