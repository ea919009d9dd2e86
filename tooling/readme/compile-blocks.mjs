import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./blocks.mjs').Block} Block */

/** Inside this package, because here every @weft package can be imported. */
const parent = fileURLToPath(new URL('.blocks', import.meta.url));
const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/**
 * Type-checks the blocks and turns them into modules, in one run of the compiler.
 * @param {readonly Block[]} blocks
 * @returns {Promise<{ modules: string[], problems: string[], remove(): void }>} modules in the order of the blocks
 */
export async function compileBlocks(blocks) {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'run-'));
  const name = (/** @type {number} */ index) => `block-${index}`;
  for (const [index, { code }] of blocks.entries()) writeFileSync(join(folder, `${name(index)}.ts`), `${code}\n`);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));

  const output = await run(process.execPath, [compiler, '-p', folder, '--pretty', 'false']);
  return {
    modules: blocks.map((_, index) => join(folder, 'out', `${name(index)}.js`)),
    problems: output
      .split('\n')
      .filter(Boolean)
      .map((line) => inReadme(line, blocks)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const settings = {
  extends: '../../../tsconfig/base.json',
  compilerOptions: { noEmit: false, outDir: 'out', rootDir: '.', moduleDetection: 'force' },
  include: ['*.ts'],
};

/**
 * A finding of the compiler, at the place where the reader sees the code.
 * @param {string} line `.../block-3.ts(2,7): error ...`
 * @param {readonly Block[]} blocks
 */
function inReadme(line, blocks) {
  const [, index, at, message] = /block-(\d+)\.ts\((\d+),\d+\): (.*)/.exec(line) ?? [];
  const block = blocks[Number(index)];
  return block ? `${block.readme}:${block.line + Number(at)}: ${message}` : line;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string>} what it printed; findings make the compiler fail, and it still writes the modules
 */
function run(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => resolve(`${stdout}${stderr}` || (error?.message ?? '')));
  });
}
