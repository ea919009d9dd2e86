import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder } from './cache-folder.js';

let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'weft-cache-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('The cache of compiled TypeScript', () => {
  it('is for its user alone, and the same the next time', () => {
    const folder = cacheFolder() ?? '';
    expect(dirname(folder)).toBe(temporary);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(cacheFolder()).toBe(folder);
  });

  it('is not used where others could have put something to be run', () => {
    const folder = cacheFolder() ?? '';
    chmodSync(folder, 0o777);
    expect(cacheFolder()).toBeUndefined();
  });

  it('is not used through a link', () => {
    const folder = cacheFolder() ?? '';
    renameSync(folder, `${folder}-elsewhere`);
    symlinkSync(`${folder}-elsewhere`, folder);
    expect(cacheFolder()).toBeUndefined();
  });
});
