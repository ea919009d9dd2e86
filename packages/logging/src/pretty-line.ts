import { escapeControls } from './escape-controls.js';

/** How a line is to look. */
export interface PrettyOptions {
  /** Whether a terminal shows it, in colors. */
  readonly isColored: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
type Paint = (text: string, code: number) => string;

const LEVEL_CODE: Readonly<Record<string, number>> = { debug: 35, info: 32, warn: 33, error: 31 };
const DIM = 2;
const BARE = /^[\w./:@*+-]+$/;

/**
 * A record as a person reads it: `12:30:05.250 INFO  order placed  order=7`. One line per record, control characters escaped;
 * only the stack of an error follows on lines of its own, which are indented, so that none can pass for a record.
 * What is no record stays as it is.
 */
export function prettyLine(line: string, { isColored }: PrettyOptions): string {
  const record = parseRecord(line);
  if (!record) return line;
  const paint: Paint = (text, code) => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { level, time, msg, ...fields } = record;
  const head = [
    paint(String(time).slice(11, 23), DIM),
    paint(String(level).toUpperCase().padEnd(5), LEVEL_CODE[String(level)] ?? 0),
    escapeControls(String(msg ?? '')),
  ];
  const pairs = Object.entries(fields).map(([key, value]) => `${paint(`${bare(key)}=`, DIM)}${bare(summaryOf(value))}`);
  const stacks = Object.values(fields).flatMap((value) => stackLines(value, ''));
  const rest = stacks.map((text) => `    ${paint(escapeControls(text), DIM)}\n`);
  return `${head.join(' ')}${pairs.length > 0 ? '  ' : ''}${pairs.join(' ')}\n${rest.join('')}`;
}

function parseRecord(line: string): Fields | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return isFields(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Of an error, what it says: the rest stands in its stack. */
function summaryOf(value: unknown): unknown {
  if (!isError(value)) return value;
  return value.code === undefined ? value.message : `${value.code}: ${value.message}`;
}

function stackLines(value: unknown, before: string): string[] {
  if (!isError(value)) return [];
  const [first = '', ...others] = String(value.stack).split('\n');
  return [`${before}${first}`, ...others, ...stackLines(value.cause, 'caused by: ')];
}

function bare(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return BARE.test(text) || typeof value !== 'string' ? escapeControls(text) : escapeControls(JSON.stringify(text));
}

function isError(value: unknown): value is Fields {
  return isFields(value) && typeof value.stack === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
