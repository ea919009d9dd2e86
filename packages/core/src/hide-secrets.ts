import { SECRET_NAME_SOURCE } from './secret-names.js';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

const SUSPECT = /[=:]|%3d|eyJ|bearer|basic/i;
const SEPARATOR = '(?:\\\\*["\'])?\\s{0,3}(?<separator>=|%3d|:)\\s{0,3}';
/** In quotes, which may themselves be escaped: to the closing ones, or to the end of the line. */
const QUOTED = '(?<slashes>\\\\*)(?<quote>["\'])[^\\r\\n]*?(?:(?<!\\\\)\\k<slashes>\\k<quote>|(?=[\\r\\n]|$))';

/** A header's value goes to the end of the line: `cookie: a=1; b=2`. */
const HEADER = new RegExp(`(?<name>(?:authorization|cookie)${SEPARATOR})(?<value>${QUOTED}|[^\\r\\n]+)`, 'gi');
const ASSIGNED = new RegExp(`(?<name>(?:${SECRET_NAME_SOURCE})${SEPARATOR})(?<value>${QUOTED}|[^\\s&"'<>]+)`, 'gi');
/** Words that go on as a sentence are no value: `token: expected a text`. */
const PROSE = /[a-z'-]+ [a-z]/y;
const SCHEME = /\b(bearer|basic)\s{1,8}[\w.~+/=-]+/gi;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;

/**
 * `user:password@` in addresses. In those of the web the first `/` ends it, unless what follows `user:` is no port; elsewhere
 * a password may have any character.
 */
const USERINFO: readonly RegExp[] = [
  /((?:https?|wss?):\/\/)(?:[^\s/?#"'<>]{1,512}|[^\s/:@[]{0,128}:(?!\d+[/?#])[^\s"'<>]{1,512})@/gi,
  /((?<!(?:http|ws)s?):\/\/)(?!\/)[^\s"'<>]{1,512}@/gi,
];

/**
 * A text with what looks like a secret replaced: user and password of an address, credentials of an `authorization` or `cookie`
 * header, `name=value` and `"name": "value"` where the name is a secret's, bearer tokens, JSON web tokens. Takes time in
 * proportion to its length, whatever stands in it.
 */
export function hideSecrets(text: string): string {
  if (!SUSPECT.test(text)) return text;
  let hidden = text;
  if (hidden.includes('://')) for (const userinfo of USERINFO) hidden = hidden.replace(userinfo, `$1${REDACTED}@`);
  hidden = hidden.replace(HEADER, (...match) => withoutValue(match));
  hidden = hidden.replace(ASSIGNED, (...match) => (isSentence(match) ? match[0] : withoutValue(match)));
  return hidden.replace(SCHEME, `$1 ${REDACTED}`).replace(JSON_WEB_TOKEN, REDACTED);
}

/** What a pattern found, its groups, where, in which text, and the groups by name. */
type Match = [found: string, ...rest: unknown[]];

function groupsOf(match: Match): { readonly name: string; readonly separator: string; readonly value: string } {
  return match.at(-1) as ReturnType<typeof groupsOf>;
}

function withoutValue(match: Match): string {
  const { name, value } = groupsOf(match);
  const [quotes = ''] = /^\\*["']/.exec(value) ?? [];
  return `${name}${quotes}${REDACTED}${quotes}`;
}

function isSentence(match: Match): boolean {
  const { name, separator } = groupsOf(match);
  PROSE.lastIndex = Number(match.at(-3)) + name.length;
  return separator === ':' && PROSE.test(String(match.at(-2)));
}
