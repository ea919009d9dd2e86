import { isIP } from 'node:net';

/**
 * Whether a request that came with this `host` header was meant for us, and not for a name that somebody's web page lets
 * point here (DNS rebinding): an IP address, `localhost`, or one of `names`.
 */
export function isTrustedHost(header: string | undefined, names: readonly string[]): boolean {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/?#]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || names.some((each) => each.toLowerCase() === name);
}
