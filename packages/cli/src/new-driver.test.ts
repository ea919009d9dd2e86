import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-new-driver-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function weft(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await run(argv, { stdout: sink('stdout'), stderr: sink('stderr'), folder });
  return { code, ...written };
}

describe('weft new-driver', () => {
  it('writes 6 files into a new folder and names them', async () => {
    const { code, stdout } = await weft('new-driver', 'registry', 'foo', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files).toHaveLength(6);
    expect(await readdir(join(folder, 'registry-foo'))).toContain('package.json');
  });

  it('refuses a slot that has no scaffold, and a folder that is not empty', async () => {
    expect(await weft('new-driver', 'registri', 'foo')).toMatchObject({ code: 2, stderr: expect.stringContaining('registry') });
    await weft('new-driver', 'registry', 'foo');
    expect(await weft('new-driver', 'registry', 'foo')).toMatchObject({ code: 2, stderr: expect.stringContaining('not empty') });
  });
});
