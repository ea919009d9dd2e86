import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultFolder } from './default-folder.js';

describe('defaultFolder', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weft-default-folder-'));
    await mkdir(join(root, 'repository/apps/shop/src'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is what $WEFT_DIR says', () => {
    expect(defaultFolder(root, 'elsewhere')).toBe(join(root, 'elsewhere'));
    expect(defaultFolder(root, '/elsewhere')).toBe('/elsewhere');
  });

  it('is .weft beside the manifest furthest up', async () => {
    await writeFile(join(root, 'repository/apps/shop/package.json'), '{}');
    expect(defaultFolder(join(root, 'repository/apps/shop/src'), '')).toBe(join(root, 'repository/apps/shop/.weft'));
    await writeFile(join(root, 'repository/pnpm-workspace.yaml'), '');
    expect(defaultFolder(join(root, 'repository/apps/shop/src'), '')).toBe(join(root, 'repository/.weft'));
  });

  it('is .weft in the working directory where there is no manifest', () => {
    expect(defaultFolder(join(root, 'repository'), '')).toBe(join(root, 'repository/.weft'));
  });
});
