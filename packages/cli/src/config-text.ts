/** A value as a person reads it: text as it is, anything else as JSON. */
export function configText(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\n$/, '') : JSON.stringify(value, null, 2);
}
