import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskCheck } from './disk-check.js';

describe('diskCheck', () => {
  const path = tmpdir();

  it('passes while enough bytes, or enough of the disk, are free', async () => {
    await diskCheck({ path, minFree: 1 })();
    await diskCheck({ path, minFree: '1kB' })();
    await diskCheck({ path, minFree: '0.0001%' })();
  });

  it('fails when less is free, and says how much', async () => {
    await expect(diskCheck({ path, minFree: '9000TB' })()).rejects.toThrow(
      /^disk of .+: [\d.]+ \w+ free, less than 8185\.5 TiB$/,
    );
    await expect(diskCheck({ path, minFree: Number.MAX_SAFE_INTEGER })()).rejects.toThrow(/free, less than 8192\.0 TiB/);
    const { bavail, blocks } = await statfs(path);
    const moreThanIsFree = `${Math.min(100, (bavail / blocks) * 100 + 1)}%`;
    await expect(diskCheck({ path, minFree: moreThanIsFree })()).rejects.toThrow(/free, less than/);
  });

  it('fails when the path is not there', async () => {
    await expect(diskCheck({ path: join(path, 'not', 'there') })()).rejects.toThrow(/ENOENT/);
  });

  it.each(['5', 'half', '101%', '0%', 0, -1, 0.05])('refuses %s to be free, and says what would be right', (minFree) => {
    expect(() => diskCheck({ path, minFree })).toThrow(
      `minFree: ${JSON.stringify(minFree)}: expected a share such as "5%" up to "100%", a number of bytes from 1 on, or text such as "500MB" or "2GiB"`,
    );
  });
});
