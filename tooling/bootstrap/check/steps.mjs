import { join } from 'node:path';
import { turbo } from '../build.mjs';
import { root, toolEnv } from '../paths.mjs';
import { captureCommand } from '../run-command.mjs';
import { committedFileProblems } from './committed-files.mjs';

/**
 * One check: the name it is chosen by, and a run that resolves to an exit code and what it printed.
 * @typedef {object} Step
 * @property {string} name
 * @property {boolean} [needsBuild] whether it reads dist folders
 * @property {() => Promise<{ code: number, output: string }>} run
 */

/**
 * Everything that must hold before a change is done, besides the tests.
 * @type {readonly Step[]}
 */
export const steps = [
  { name: 'build', run: () => turbo('build') },
  // Import cycles are among the lint rules.
  { name: 'lint', run: () => bin('biome', ['check', '--error-on-warnings']) },
  { name: 'layers', run: () => script('tooling/layers/check-layers.mjs') },
  { name: 'unused', run: () => bin('knip', ['--no-progress', '--no-config-hints']) },
  { name: 'committed', run: committedFiles },
  { name: 'types', needsBuild: true, run: () => turbo('typecheck') },
  { name: 'packages', needsBuild: true, run: () => script('tooling/release/check-packages.mjs') },
  { name: 'readme', needsBuild: true, run: () => script('tooling/readme/run-readme.mjs') },
];

/**
 * @param {string} name
 * @param {string[]} args
 */
function bin(name, args) {
  return captureCommand(join(root, 'node_modules', '.bin', name), args, { env: toolEnv() });
}

/** @param {string} path from the root */
function script(path) {
  return captureCommand(process.execPath, [join(root, path)], { env: toolEnv() });
}

async function committedFiles() {
  const problems = await committedFileProblems();
  return { code: problems.length > 0 ? 1 : 0, output: problems.join('\n') };
}
