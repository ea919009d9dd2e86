import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let path = '';

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'weft-config-process-'));
  mkdirSync(join(path, 'config'));
  writeFileSync(join(path, 'config', 'a.json'), '1');
});
afterEach(() => {
  rmSync(path, { recursive: true, force: true });
});

const program = `
  import { ConfigClient } from '@weft/config';
  import { openFileConfig } from '@weft/config-file';
  const config = new ConfigClient(openFileConfig({ path: process.env.FOLDER }));
  console.log(await config.watch('a').next());
`;

describe('a process that has read a watch of a folder', () => {
  it('is not kept alive by what goes on in the background', async () => {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, FOLDER: path },
      timeout: 8_000,
    });
    expect((await run).stdout).toBe('{ done: false, value: 1 }\n');
  });
});
