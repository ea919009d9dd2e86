/** Shorter ones would be found in the midst of words. */
const LEAST_LENGTH = 4;

/**
 * The texts and numbers of a value that stand at secret paths, as texts, the longest first: a message about something else
 * may quote them.
 */
export function secretsWithin(value: unknown, isSecret: (path: readonly string[]) => boolean): string[] {
  const found = new Set<string>();
  const visit = (inner: unknown, path: readonly string[], isHidden: boolean) => {
    const isSecretHere = isHidden || isSecret(path);
    if (Array.isArray(inner)) for (const item of inner) visit(item, path, isSecretHere);
    else if (typeof inner === 'object' && inner !== null)
      for (const [name, member] of Object.entries(inner)) visit(member, [...path, name], isSecretHere);
    else if (isSecretHere && String(inner).length >= LEAST_LENGTH) found.add(String(inner));
  };
  visit(value, [], false);
  return [...found].sort((a, b) => b.length - a.length);
}
