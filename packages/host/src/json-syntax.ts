/** A place in a text, both counted from 1. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where `offset` lies in `text`. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Offset of the first character at which `text` stops being JSON (RFC 8259), or undefined when it is JSON.
 * Node's own message names no place for some mistakes, such as a comma before `]`.
 */
export function jsonErrorOffset(text: string): number | undefined {
  try {
    const end = skip(SPACE, text, value(text, skip(SPACE, text, 0)));
    return end === text.length ? undefined : end;
  } catch (error) {
    if (error instanceof NotJson) return error.offset;
    throw error;
  }
}

class NotJson extends Error {
  constructor(readonly offset: number) {
    super(`not JSON at ${offset}`);
  }
}

function value(text: string, at: number): number {
  if (text[at] === '{') return members(text, at, '}', (from) => value(text, colon(text, skip(STRING, text, from))));
  if (text[at] === '[') return members(text, at, ']', (from) => value(text, from));
  return skip(text[at] === '"' ? STRING : SCALAR, text, at);
}

function members(text: string, at: number, close: string, member: (at: number) => number): number {
  let next = skip(SPACE, text, at + 1);
  if (text[next] === close) return next + 1;
  for (;;) {
    next = skip(SPACE, text, member(next));
    if (text[next] === close) return next + 1;
    if (text[next] !== ',') throw new NotJson(next);
    next = skip(SPACE, text, next + 1);
  }
}

function colon(text: string, at: number): number {
  const next = skip(SPACE, text, at);
  if (text[next] !== ':') throw new NotJson(next);
  return skip(SPACE, text, next + 1);
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match) throw new NotJson(at);
  return at + match[0].length;
}
