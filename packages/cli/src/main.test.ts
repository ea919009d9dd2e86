import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kept } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';

const bin = fileURLToPath(new URL('../bin/weft.mjs', import.meta.url));

/** Writes the URL of every module to stderr. */
const TELL_WHAT_IS_LOADED = moduleUrl(`
  import { register } from 'node:module';
  register(${JSON.stringify(
    moduleUrl(`
      import { writeSync } from 'node:fs';
      export function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }
    `),
  )});
`);

let app: TemporaryApp;
let running: ChildProcess[] = [];

beforeEach(async () => {
  app = await temporaryApp();
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  await app.remove();
});

describe('the program weft', { timeout: 30_000 }, () => {
  it('calls a service that another process serves, and passes the exit code on', async () => {
    await app.serve({ name: 'orders', id: 'orders-1' }, (service) => service.addHandler('GET /ping', () => ({ ok: true })));
    expect(await ended(['call', 'orders', 'GET', '/ping'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"ok": true'),
    });
    expect(await ended(['instances', 'nobody'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('loads nothing but itself and the contracts for --help', async () => {
    const { stderr } = await ended(['--help'], ['--import', TELL_WHAT_IS_LOADED]);
    const loaded = stderr.split('\n').filter((line) => line.startsWith('file:') && line.endsWith('.js'));
    expect(loaded.map((url) => /\/(\w+)\/dist\/index\.js$/.exec(url)?.[1])).toEqual(['cli', 'core']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends a watch with 0 on %s', async (signal) => {
    const { child, exited, stdout } = started(['services', '--watch', '--interval', '50ms', '--json']);
    await stdout.has('snapshot');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });

  it('ends without a word when nobody reads its output any more', async () => {
    const { child, exited, stdout, stderr } = started(['services', '--watch', '--interval', '20ms', '--json']);
    await stdout.has('snapshot');
    child.stdout?.destroy();
    await app.serve({ name: 'orders', id: 'orders-1' });
    expect(await exited).toEqual([0, null]);
    expect(stderr.text()).toBe('');
  });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(args: readonly string[], flags: readonly string[] = []): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, bin, ...args], { cwd: app.folder }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

function started(args: readonly string[]) {
  const [stdout, stderr] = [kept(), kept()];
  const child: ChildProcess = spawn(process.execPath, [bin, ...args], { cwd: app.folder });
  child.stdout?.setEncoding('utf8').on('data', stdout.write);
  child.stderr?.setEncoding('utf8').on('data', stderr.write);
  running.push(child);
  return { child, exited: once(child, 'exit'), stdout, stderr };
}

function moduleUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
