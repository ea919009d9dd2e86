/**
 * What makes the name of a key a secret's: one of these words in it, in any case of letters, with or without a `-`, `_`, `.`
 * or space where a `-` stands here. `token` only at its end: `tokensLeft` is a number that may be read.
 */
export const SECRET_WORDS: readonly string[] = [
  'authorization',
  'cookie',
  'credential',
  'passphrase',
  'passwd',
  'password',
  'secret',
  'api-key',
  'private-key',
  'token',
];

/** Source of a pattern that finds those words in a name, with what may follow them in it. */
export const SECRET_NAME_SOURCE = SECRET_WORDS.map((word) =>
  word === 'token' ? word : `${word.replace('-', '[-_. ]?')}[\\w-]{0,40}`,
).join('|');

const SECRET_NAME = new RegExp(`(?:${SECRET_NAME_SOURCE})$|^pass$`, 'i');

/** Whether a name says that what belongs to it is secret: `password`, `DB_PASSWORD`, `accessToken`, not `tokensLeft`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
