const MAX_BYTES = 512;
const MAX_MEMBERS = 32;
const KEY = '(?:[a-z][a-z0-9_\\-*/]{0,255}|[a-z0-9][a-z0-9_\\-*/]{0,240}@[a-z][a-z0-9_\\-*/]{0,13})';
const VALUE = '[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]';
const MEMBER = new RegExp(`^(${KEY})=${VALUE}$`);
const AROUND_MEMBER = /^[ \t]+|[ \t]+$/g;

/**
 * Whether a `tracestate` header may be passed on: at most 512 bytes and 32 members, each well formed, no key twice.
 *
 * Source: W3C Trace Context, level 1, section 3.3.
 */
export function isTracestate(value: string): boolean {
  if (value.length > MAX_BYTES) return false;
  const members = value.split(',').map((member) => member.replace(AROUND_MEMBER, ''));
  const filled = members.filter((member) => member !== '');
  const keys = new Set(filled.map((member) => MEMBER.exec(member)?.[1]));
  return filled.length > 0 && members.length <= MAX_MEMBERS && keys.size === filled.length && !keys.has(undefined);
}
