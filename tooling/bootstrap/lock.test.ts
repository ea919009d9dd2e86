import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withLock } from './lock.mjs';

describe('withLock', () => {
  let folder = '';
  let file = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weft-lock-'));
    file = join(folder, 'lock');
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets one work at a time, and leaves nothing behind', async () => {
    expect(await mostAtATime(4)).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says once whom it waits for', async () => {
    await mostAtATime(2);
    expect(process.stderr.write).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`Waiting for process ${process.pid}`));
  });

  it('takes over the lock of a dead process, once', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file, `${pid} some-word`);
    expect(await mostAtATime(4)).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given back by work that fails', async () => {
    await expect(withLock(() => Promise.reject(new Error('as planned')), file)).rejects.toThrow('as planned');
    expect(await withLock(async () => 'next', file)).toBe('next');
  });

  async function mostAtATime(starts: number): Promise<number> {
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    };
    await Promise.all(Array.from({ length: starts }, () => withLock(work, file)));
    return most;
  }
});
