const SHOWN = 80;

/** A value as a person reads it: text as it is, anything else as JSON. */
export function configText(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\n$/, '') : JSON.stringify(value, null, 2);
}

/** A value in a table: JSON, cut to 80 characters. */
export function oneLine(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
}
