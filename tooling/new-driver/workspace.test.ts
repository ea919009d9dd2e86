import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemporaryWorkspace } from './temporary-workspace.js';

const slots = ['registry', 'config', 'balancer', 'breaker'] as const;
const folders = slots.map((slot) => `packages/${slot}-my-kv`);

/** A package whose drivers have what a new one needs: the contracts, the suites, a schema library. */
const sibling = 'packages/registry-memory';

describe('new drivers in a copy of this workspace', () => {
  const copy = new TemporaryWorkspace();
  let before: ReadonlyMap<string, string> = new Map();

  beforeAll(async () => {
    await copy.fill();
    before = copy.hashes();
    for (const slot of slots) {
      const { code, output } = await copy.run('tooling/new-driver/run.mjs', [slot, 'my-kv']);
      expect(code, output).toBe(0);
    }
    for (const folder of folders) copy.install(folder, sibling);
  });

  afterAll(() => copy.remove());

  it.each(folders)('%s is at most 6 files', (folder) => {
    const files = [...copy.hashes().keys()].filter((path) => path.startsWith(`${folder}/`));
    expect(files).toContain(`${folder}/src/conformance.test.ts`);
    expect(files.length).toBeLessThanOrEqual(6);
  });

  it.each(folders)(
    '%s is type-checked',
    async (folder) => {
      expect(await copy.run('node_modules/typescript/bin/tsc', ['--noEmit'], folder)).toEqual({ code: 0, output: '' });
    },
    60_000,
  );

  it('pass the suites of their slots', async () => {
    const args = ['run', '--project', 'packages', ...folders];
    const { code, output } = await copy.run('node_modules/vitest/vitest.mjs', args);
    expect(code, output).toBe(0);
    expect(output).toMatch(/4 passed/);
    expect(output).toMatch(/tests: \d\d+ passed, 0 failed, 0 skipped/);
  }, 120_000);

  it('keep the rules of the layers and of the linter', async () => {
    const layers = await copy.run('tooling/layers/check-layers.mjs', []);
    expect(layers.code, layers.output).toBe(0);
    const lint = await copy.run('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', ...folders]);
    expect(lint.code, lint.output).toBe(0);
  });

  it('change no file outside of their folders', () => {
    const after = [...copy.hashes()].filter(([path]) => !folders.some((folder) => path.startsWith(`${folder}/`)));
    expect(new Map(after)).toEqual(before);
    expect(before.size).toBeGreaterThan(100);
  });
});
