import { describe, expect, it } from 'vitest';
import { createLineWriter, isForPeople } from './line-writer.js';

describe('createLineWriter', () => {
  it('escapes what drives a terminal or begins a line, and the line can be read as before', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const text = 'ü €\u007f\u009b31m\u2028\u2029\u0085\u202e\u200f';
    createLineWriter({ destination }).write(`${JSON.stringify({ text })}\n`);
    expect(lines).toEqual(['{"text":"ü €\\u007f\\u009b31m\\u2028\\u2029\\u0085\\u202e\\u200f"}\n']);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ text });
  });

  it('writes JSON to a destination of its own, unless it is asked to be pretty', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const line = '{"level":"info","time":"2026-01-01T12:30:05.250Z","msg":"x"}\n';
    createLineWriter({ destination }).write(line);
    createLineWriter({ destination, pretty: true }).write(line);
    expect(lines).toEqual([line, '12:30:05.250 INFO  x\n']);
  });
});

describe('isForPeople', () => {
  it.each([
    ['development', false, true],
    ['development', true, true],
    ['production', true, false],
    ['production', false, false],
    [undefined, true, true],
    [undefined, false, false],
    ['test', false, false],
  ])('with NODE_ENV %s and a terminal: %s is %s', (nodeEnv, isTerminal, expected) => {
    expect(isForPeople(nodeEnv, isTerminal)).toBe(expected);
  });
});
