import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root, toolEnv } from './paths.mjs';
import { captureCommand, runCommand } from './run-command.mjs';

/** The lines of Node that our packages support. */
const MAJORS = ['20', '22', '24'];
const TASKS = ['build', 'demo', 'test'];

/**
 * Runs build, demo and tests on every supported line of Node, and prints a table. The Node that runs this serves its own
 * line; the others come from the npm package `node`, into .nodes.
 * @param {string[]} args majors to run on; all without any
 * @returns {Promise<number>} exit code: 0 when everything passed on every line
 */
export async function testNodes(args) {
  const unknown = args.find((major) => !MAJORS.includes(major));
  if (unknown) return say(`Unknown line of Node "${unknown}". Known: ${MAJORS.join(', ')}.`, 1);
  /** @type {string[]} */
  const rows = [];
  let failures = 0;
  for (const major of args.length > 0 ? args : MAJORS) {
    const binary = await nodeOf(major);
    if (!binary) {
      failures++;
      rows.push(`Node ${major}  could not be obtained`);
      continue;
    }
    for (const task of TASKS) {
      const startedAt = performance.now();
      const env = { ...toolEnv(), PATH: [dirname(binary), process.env.PATH ?? ''].join(delimiter) };
      const code = await runCommand(binary, [join(root, 'tooling/bootstrap/run.mjs'), task], { env });
      if (code !== 0) failures++;
      rows.push(
        `Node ${major}  ${task.padEnd(6)} ${code === 0 ? 'ok' : `FAILED (exit code ${code})`}  ${Math.round((performance.now() - startedAt) / 1_000)} s`,
      );
    }
  }
  return say(`\n${rows.join('\n')}`, failures === 0 ? 0 : 1);
}

/**
 * The binary of a line of Node, installed when it is not there yet.
 * @param {string} major
 */
async function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(root, '.nodes', major);
  const binary = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(binary)) return binary;
  say(`Installing Node ${major} into .nodes/${major} ...`, 0);
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--prefer-offline', `node@${major}`];
  const { code, output } = await captureCommand('npm', args, { env: process.env });
  if (code === 0 && existsSync(binary)) return binary;
  say(output, 0);
  return undefined;
}

/**
 * @param {string} text
 * @param {number} code
 */
function say(text, code) {
  process.stderr.write(`${text}\n`);
  return code;
}
