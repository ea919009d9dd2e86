import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultWeftFolder } from './index.js';

let base = '';

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'weft-folder-'));
  mkdirSync(join(base, 'repository/packages/a/src'), { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('defaultWeftFolder', () => {
  it('is beside the mark furthest up, so that all processes of one repository meet', () => {
    writeFileSync(join(base, 'repository/pnpm-workspace.yaml'), '');
    writeFileSync(join(base, 'repository/packages/a/package.json'), '{}');
    const expected = join(base, 'repository/.weft');
    for (const cwd of ['repository', 'repository/packages/a', 'repository/packages/a/src']) {
      expect(defaultWeftFolder(join(base, cwd), {})).toBe(expected);
    }
  });

  it('is in the working directory when there is no mark', () => {
    expect(defaultWeftFolder(join(base, 'repository'), {})).toBe(join(base, 'repository/.weft'));
  });

  it('is $WEFT_DIR when that is set', () => {
    expect(defaultWeftFolder(base, { WEFT_DIR: '/elsewhere' })).toBe('/elsewhere');
    expect(defaultWeftFolder(base, { WEFT_DIR: 'here' })).toBe(join(base, 'here'));
    expect(defaultWeftFolder(base, { WEFT_DIR: '' })).toBe(join(base, '.weft'));
  });
});
