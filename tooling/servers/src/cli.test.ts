import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from './cli.js';
import { describeOn } from './describe-on.js';
import { freePorts } from './free-ports.js';
import { isAlive } from './is-alive.js';
import { serverNames } from './server-name.js';

describe('npm run servers', () => {
  it.each([[[]], [['--help']], [['start', '-h']]])('shows its help for %j', async (argv) => {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    for (const word of ['list', 'obtain NAME', 'start NAME', ...serverNames]) expect(out).toContain(word);
  });

  it('lists every server, with its version and where it is from, or the reason why there is none', async () => {
    const { code, out } = await run(['list']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(serverNames);
    for (const line of out.split('\n')) expect(line).toMatch(/ {2}(\d+\.\d+\S* +(PATH|Debian|Maven)|no \S+ here: )/);
  });

  it.each([
    [['strat', 'redis'], 'not understood: strat redis'],
    [['start', 'reddis'], 'there is no server "reddis"; known: redis, etcd, etcd35, consul, prometheus'],
    [['start'], 'start needs the name of one server: redis, etcd'],
    [['start', 'redis', 'etcd'], 'start needs the name of one server'],
    [['start', 'redis', '--port', '70000'], '--port: 70000 is no port'],
    [['start', 'redis', '--data', 'disc'], '--data: disc is neither memory nor disk'],
    [['obtain'], 'obtain needs names of servers'],
    [['list', '--nothing'], "Unknown option '--nothing'"],
  ])('does not understand %j, and says why', async (argv, message) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describeOn('redis', describe)('npm run servers -- start', () => {
  it('runs a server until it is told to end, and tells where it is', async () => {
    const [port = 0] = await freePorts(1);
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const child = spawn(process.execPath, [main, 'start', 'redis', '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    await expect.poll(() => out, { timeout: 30_000 }).toContain(`--registry redis --address 127.0.0.1:${port}`);
    expect(out).toMatch(new RegExp(`^redis \\d+\\.\\d+\\S* on 127\\.0\\.0\\.1:${port} `));
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });
});

async function run(argv: readonly string[]) {
  const lines = { out: [] as string[], err: [] as string[] };
  const code = await runCli(argv, { out: (line) => lines.out.push(line), err: (line) => lines.err.push(line) });
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}
