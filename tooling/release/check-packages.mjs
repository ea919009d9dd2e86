import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPackages } from './pack-packages.mjs';

const bin = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));

/** The machine this must be fast on has two cores. */
const lanes = 2;

/**
 * Looks at every public package as its users will get it: publint for the manifest, attw for how types resolve.
 * @returns {Promise<string[]>} one entry per problem
 */
async function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'weft-packages-'));
  try {
    const tarballs = await packPackages(folder);
    if (tarballs.length === 0) return ['no package was packed'];
    /** @type {string[]} */
    const problems = [];
    const lane = async () => {
      for (let tarball = tarballs.shift(); tarball; tarball = tarballs.shift())
        problems.push(...(await tarballProblems(tarball)));
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} tarball */
async function tarballProblems(tarball) {
  const outputs = [
    await run('publint', ['run', '--strict', tarball]),
    await run('attw', ['--profile', 'esm-only', '--format', 'ascii', '--no-color', '--no-emoji', tarball]),
  ];
  return outputs.filter((output) => output !== undefined).map((output) => `${basename(tarball)}: ${output}`);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string | undefined>} what it printed, if it found something
 */
function run(program, args) {
  return new Promise((resolve) => {
    execFile(join(bin, program), args, (error, stdout, stderr) => resolve(error ? `${program}\n${stdout}${stderr}` : undefined));
  });
}

checkPackages().then((problems) => {
  for (const problem of problems) process.stderr.write(`${problem.trimEnd()}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
});
