import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

/**
 * Runs the tests of a file in a folder of their own that has installed what this app has: so a sample stands here as it
 * would stand in a program, without saying where drivers come from and where files go.
 */
export function inSampleFolder(): void {
  const { cwd, env } = process;
  const before = { folder: cwd(), weftDir: env.WEFT_DIR };
  let folder = '';

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'weft-samples-')));
    await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
    env.WEFT_DIR = join(folder, '.weft');
    process.chdir(folder);
  });

  afterAll(async () => {
    process.chdir(before.folder);
    if (before.weftDir === undefined) delete env.WEFT_DIR;
    else env.WEFT_DIR = before.weftDir;
    await rm(folder, { recursive: true, force: true });
  });
}
