import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kept, type Ran, weft } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { type CliIo, run } from './index.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
});

afterEach(() => app.remove());

function config(args: readonly string[], io: Partial<CliIo> = {}): Promise<Ran> {
  return weft(['config', ...args], { folder: app.folder, ...io });
}

describe('weft config', () => {
  it('sets JSON as JSON and anything else as text, and gets both back', async () => {
    expect(await config(['set', 'database', '{"host":"a"}'])).toEqual({ code: 0, stdout: 'database is set.\n', stderr: '' });
    await config(['set', 'motd', 'hello there']);
    await config(['set', 'zip', '--text', '007']);
    expect((await config(['get', 'database'])).stdout).toBe('{\n  "host": "a"\n}\n');
    expect((await config(['get', 'motd'])).stdout).toBe('hello there\n');
    expect((await config(['get', 'zip', '--json'])).stdout).toBe('"007"\n');
  });

  it('reads a value from a file or standard input', async () => {
    await app.write('limits.json', '{"max":3}');
    await config(['set', 'limits', '@limits.json']);
    await config(['set', 'notice.txt', '-'], { stdin: Readable.from(['12\n']) });
    expect(JSON.parse((await config(['list', '--json'])).stdout)).toEqual({ limits: { max: 3 }, notice: '12\n' });
  });

  it('takes a value that begins with a dash after --', async () => {
    await config(['set', 'offset', '--', '-5']);
    expect((await config(['get', 'offset'])).stdout).toBe('-5\n');
  });

  it('lists keys and values in a table', async () => {
    await config(['set', 'database', '{"host":"a"}']);
    await config(['set', 'limits', '3']);
    expect((await config(['list'])).stdout).toBe('KEY       VALUE\ndatabase  {"host":"a"}\nlimits    3\n');
  });

  it('lists no secrets; who asks for the key gets its value', async () => {
    await config(['set', 'database', '{"host":"a","password":"hunter2"}']);
    await config(['set', 'api-token', 'abc']);
    const [table, document] = [await config(['list']), await config(['list', '--json'])];
    expect(JSON.parse(document.stdout)).toEqual({ 'api-token': '[redacted]', database: { host: 'a', password: '[redacted]' } });
    expect(table.stdout).not.toMatch(/hunter2|abc/);
    expect((await config(['get', 'database'])).stdout).toContain('hunter2');
  });

  it('exits 1 for a key that does not exist, and 2 for what is no key', async () => {
    const [absent, bad] = [await config(['get', 'nothing']), await config(['get', '../nothing'])];
    expect(absent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('"nothing" does not exist') });
    expect(bad.code).toBe(2);
    expect(JSON.parse((await config(['get', 'nothing', '--json'])).stdout)).toHaveProperty('error.message');
  });

  it('watches a value: the current one, each change, its end; and exits 0 when it is interrupted', async () => {
    const stopping = new AbortController();
    const stdout = kept();
    const watching = run(['config', 'watch', 'limits', '--json'], { folder: app.folder, stdout, signal: stopping.signal });
    await stdout.has('"exists":false');
    await config(['set', 'limits', '{"max":3}']);
    await stdout.has('"max":3');
    await config(['set', 'limits', '{"max":4}']);
    await stdout.has('"max":4');
    stopping.abort();
    expect(await watching).toBe(0);
    expect(stdout.text().trim().split('\n')).toEqual([
      '{"key":"limits","exists":false}',
      '{"key":"limits","exists":true,"value":{"max":3}}',
      '{"key":"limits","exists":true,"value":{"max":4}}',
    ]);
  });
});
