import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./run-faults.mjs', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });

describe('npm run faults', () => {
  it('says what it can do', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const word of ['--backend', '--report', '--short', 'R32']) expect(stdout).toContain(word);
  });

  it('refuses a backend and an option that it does not know, and says what it knows', () => {
    const unknown = run('--backend', 'etcd,zookeeper');
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toBe('--backend: unknown zookeeper. Known: consul, etcd, etcd35, redis.\n');
    const option = run('--backends', 'etcd');
    expect(option.status).toBe(1);
    expect(option.stderr).toContain("Unknown option '--backends'");
    expect(option.stderr).toContain('Usage: npm run faults');
  });
});
