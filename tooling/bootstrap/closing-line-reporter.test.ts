import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { captureCommand } from './run-command.mjs';

describe('the last line of a test run', () => {
  it('counts tests as they ended', async () => {
    const { code, last } = await runTests("it('a', () => {}); it('b', () => {}); it.skip('c', () => {});");
    expect(last).toBe('tests: 2 passed, 0 failed, 1 skipped');
    expect(code).toBe(0);
  });

  it('stands below the reasons of what was skipped, each with its count', async () => {
    const { lines } = await runTests(`
      describe.skip('registry on consul: no consul here: no such suite (yet)', () => {
        it('a', () => {});
        describe.skip('inner', () => it('b', () => {}));
      });
      describe.skip('config (no consul here: no such suite (yet))', () => it('c', () => {}));
      it('d', (test) => test.skip('no redis here: not on this machine'));
      it('e', (test) => test.skip('not as root'));
      it.skip('f', () => {});
      it('g', () => {});`);
    expect(lines.slice(-5)).toEqual([
      'skipped: 3 on consul: no such suite (yet)',
      'skipped: 1 on redis: not on this machine',
      'skipped: 1 because not as root',
      'skipped: 1 without a reason, such as "f"',
      'tests: 1 passed, 0 failed, 6 skipped',
    ]);
  });

  it.each([
    ['a test that fails', "it('a', () => { throw new Error('as planned'); });", 'tests: 0 passed, 1 failed, 0 skipped'],
    ['a file that cannot be imported', "import './not-there.js'; it('a', () => {});", 'tests: 0 passed, 1 failed, 0 skipped'],
    [
      'a hook of a suite that fails',
      "it('a', () => {}); describe('s', () => { afterAll(() => { throw new Error('as planned'); }); it('b', () => {}); });",
      'tests: 2 passed, 1 failed, 0 skipped',
    ],
    [
      'an unhandled error',
      "it('a', () => { Promise.reject(new Error('as planned')); });",
      'tests: 1 passed, 1 failed, 0 skipped',
    ],
    ['a file without a test', 'export {};', 'tests: 0 passed, 1 failed, 0 skipped'],
  ])('counts %s as failed', async (_, text, line) => {
    const { code, last } = await runTests(text);
    expect(last).toBe(line);
    expect(code).toBe(1);
  });
});

const runner = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const reporter = JSON.stringify(new URL('closing-line-reporter.mjs', import.meta.url));

async function runTests(text: string): Promise<{ code: number; lines: string[]; last: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-reporter-'));
  try {
    const test = "globals: true, reporters: ['default', new ClosingLineReporter()]";
    writeFileSync(join(folder, 'a.test.js'), text);
    writeFileSync(
      join(folder, 'vitest.config.mjs'),
      `import { ClosingLineReporter } from ${reporter};\nexport default { test: { ${test} } };`,
    );
    const { code, output } = await captureCommand(process.execPath, [runner, 'run', '--root', folder], { env: environment() });
    const lines = output.trimEnd().split('\n');
    return { code, lines, last: lines.at(-1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** This process's, without what the test runner told its worker. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_ENV'));
}
