/** Whether a header is among names and values in turn. @param name in lower case */
export function hasHeader(flat: readonly string[], name: string): boolean {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return true;
  return false;
}

/** The value of a header; undefined when it is not there. @param name in lower case */
export function headerValue(flat: readonly string[], name: string): string | undefined {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return flat[at + 1];
  return undefined;
}
