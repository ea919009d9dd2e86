import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeOn } from './describe-on.js';
import { isAlive } from './is-alive.js';

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));

describeOn('redis', describe)('a process that started a server', () => {
  it.each([
    ['is killed', 'SIGKILL', ''],
    ['is killed while the server is paused', 'SIGKILL', 'await server.pause();'],
    ['ends without stopping it', undefined, 'process.stdin.once("data", () => process.exit(0));'],
  ] as const)('leaves neither the server nor its folder when it %s', async (_, signal, then) => {
    const program = `import { startServer } from ${JSON.stringify(built)};
      const server = await startServer('redis');
      ${then}
      console.log(JSON.stringify({ pid: server.pid, folder: server.folder }));`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [text] = await once(owner.stdout, 'data');
    const { pid, folder } = JSON.parse(String(text));
    expect(isAlive(pid)).toBe(true);
    const gone = once(owner, 'exit');
    if (signal) owner.kill(signal);
    else owner.stdin.write('end\n');
    await gone;
    await expect.poll(() => [isRunning(pid), existsSync(folder)], { timeout: 20_000 }).toEqual([false, false]);
  });
});

/** A killed process whose new parent does not collect it stays as a zombie: its number is taken, and nothing else. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const status = join('/proc', String(pid), 'status');
  return !(existsSync(dirname(status)) && /^State:\s+Z/m.test(readFileSync(status, 'utf8')));
}
