import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlockServers } from './block-servers.mjs';
import { blocksOf, openingProblems } from './blocks.mjs';
import { compileBlocks } from './compile-blocks.mjs';
import { withPackageTable } from './package-table.mjs';
import { publicPackages, readReadme, root } from './readmes.mjs';
import { runBlock } from './run-block.mjs';

/** @typedef {import('./blocks.mjs').Block} Block */

/** The machine this must be fast on has two cores. */
const lanes = 2;

/**
 * Checks the READMEs: their code runs as it stands, and the list of packages is the one of the manifests.
 * `--write` brings that list up to date; names of package folders limit the run to these.
 * @param {readonly string[]} args
 * @returns {Promise<string[]>} one entry per problem
 */
async function checkReadmes(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const folders = publicPackages().map(({ folder }) => folder);
  const unknown = names.filter((name) => !folders.includes(name));
  if (unknown.length > 0) return [`no such package: ${unknown.join(', ')}`];

  const paths = folders
    .filter((folder) => names.length === 0 || names.includes(folder))
    .map((folder) => `packages/${folder}/README.md`);
  const opening = paths.map((path) => readPackageReadme(path));
  const rootBlocks = names.length === 0 ? blocksOf('README.md', readReadme('README.md') ?? '') : [];
  const blocks = [...rootBlocks, ...opening.flatMap((each) => each.blocks)];
  return [
    ...(names.length === 0 ? tableProblems(args.includes('--write')) : []),
    ...opening.flatMap((each) => each.problems),
    ...(blocks.length > 0 ? await blockProblems(blocks) : []),
  ];
}

/** @param {string} path from the root */
function readPackageReadme(path) {
  const text = readReadme(path);
  if (text === undefined) return { blocks: [], problems: [`${path}: is missing`] };
  const blocks = blocksOf(path, text);
  return { blocks, problems: openingProblems(path, blocks[0]) };
}

/** @param {boolean} write */
function tableProblems(write) {
  const text = readReadme('README.md');
  if (text === undefined) return ['README.md: is missing'];
  const current = withPackageTable(text, publicPackages());
  if (current === text) return [];
  if (!write) return ['README.md: the list of packages is out of date; run node tooling/readme/run-readme.mjs --write'];
  writeFileSync(join(root, 'README.md'), current);
  return [];
}

/** @param {readonly Block[]} blocks */
async function blockProblems(blocks) {
  const { modules, problems, remove } = await compileBlocks(blocks);
  const servers = new BlockServers();
  /** @type {string[]} */
  const skipped = [];
  try {
    const waiting = [...modules.entries()];
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, module] = next;
        const block = blocks[index];
        if (!block) continue;
        const outcome = await servers.environmentOf(block.readme);
        if ('missing' in outcome) skipped.push(`${block.readme}:${block.line}: skipped: ${outcome.missing}`);
        const problem = 'env' in outcome ? await runBlock(module, outcome.env) : undefined;
        if (problem) problems.push(`${block.readme}:${block.line}: ${problem}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await servers.stop();
    remove();
  }
  for (const each of skipped) process.stdout.write(`${each}\n`);
  const note = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  process.stdout.write(`${blocks.length - skipped.length} blocks ran${note}\n`);
  return problems;
}

checkReadmes(process.argv.slice(2)).then((problems) => {
  for (const problem of problems) process.stderr.write(`${problem.trimEnd()}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
});
