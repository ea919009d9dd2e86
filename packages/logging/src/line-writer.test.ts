import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
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

describe('the end of a process that has just logged', () => {
  const built = JSON.stringify(new URL('../dist/index.js', import.meta.url));
  const program = `import { createLogger } from ${built};
    const logger = createLogger({});
    process.stdin.resume().once('end', () => {
      for (let n = 0; n < 3; n++) logger.info(String(n));
      process.exit(0);
    });`;
  const start = () => spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });

  it('waits until everything is written', async () => {
    const child = start();
    child.stdin.end();
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect([code, output.match(/"msg":"\d"/g)]).toEqual([0, ['"msg":"0"', '"msg":"1"', '"msg":"2"']]);
  });

  it('comes although nobody reads its output any more', async () => {
    const child = start();
    child.stdout.destroy();
    await once(child.stdout, 'close');
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
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
