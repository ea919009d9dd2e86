import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-5.9';
import { docOf, lineCount, walk } from './sources.mjs';

/** @typedef {import('./sources.mjs').Source} Source */

/**
 * Median, 90th percentile and greatest of some numbers, as `med/p90/max`.
 * @param {readonly number[]} numbers
 */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { median: at(0.5), p90: at(0.9), max: sorted.at(-1) ?? 0 };
}

/** @param {Source} source */
export function linesOf({ text }) {
  return text.trimEnd().split('\n').length;
}

/** @param {Source} source */
export function codeLinesOf({ text }) {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:\/\/|\/\*|\*)/.test(line)).length;
}

/** @param {Source} source */
export function commentLinesOf({ text }) {
  return text.split('\n').filter((line) => /^\s*(?:\/\/|\/\*|\*)/.test(line)).length;
}

/**
 * Lengths in lines of every function, method and arrow function with a block.
 * @param {readonly Source[]} sources
 */
export function functionLengths(sources) {
  /** @type {{ lines: number, where: string }[]} */
  const lengths = [];
  for (const { tree, path } of sources) {
    walk(tree, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body || !ts.isBlock(node.body)) return;
      lengths.push({ lines: lineCount(node), where: `${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}` });
    });
  }
  return lengths;
}

/**
 * Exported declarations, and those of them without a doc comment.
 * @param {readonly Source[]} sources
 */
export function exportedSymbols(sources) {
  const all = sources.flatMap(({ tree, path }) =>
    tree.statements
      .filter((node, at) => !isOverloadOf(node, tree.statements[at - 1]))
      .filter(
        (node) => ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
      )
      .map((node) => ({ where: `${path}: ${node.getText().split('\n')[0]}`, documented: docOf(node) !== '' })),
  );
  return { total: all.length, missing: all.filter(({ documented }) => !documented).map(({ where }) => where) };
}

/**
 * Whether a function is a further form of the one before it, which carries the comment of both.
 * @param {ts.Node} node
 * @param {ts.Node | undefined} previous
 */
function isOverloadOf(node, previous) {
  if (!previous || !ts.isFunctionDeclaration(node) || !ts.isFunctionDeclaration(previous)) return false;
  return !previous.body && node.name?.text === previous.name?.text;
}

/**
 * Members of exported interfaces: documented ones, methods that return promises, and those of them that name their errors.
 * @param {readonly Source[]} sources
 */
export function contractMembers(sources) {
  let total = 0;
  let documented = 0;
  let promising = 0;
  let naming = 0;
  for (const { tree } of sources) {
    for (const node of tree.statements.filter(ts.isInterfaceDeclaration)) {
      for (const member of node.members) {
        total++;
        const doc = docOf(member);
        if (doc) documented++;
        if (!ts.isMethodSignature(member) || !member.type?.getText().startsWith('Promise')) continue;
        promising++;
        if (/@throws|never rejects/i.test(doc) || docOf(node).includes('rejects with WEFT_')) naming++;
      }
    }
  }
  return { total, documented, promising, naming };
}

const UNIT = /(?:Ms|At|Seconds|Bytes|Ratio)$/;
const TIME_WORD = /(?:timeout|delay|interval|duration|ttl|age|elapsed)/i;

/**
 * Numbers that mean a time: how many there are, and which do not say their unit.
 * @param {readonly Source[]} sources
 */
export function timesWithoutUnit(sources) {
  let total = 0;
  /** @type {string[]} */
  const unclear = [];
  for (const { tree, path } of sources) {
    walk(tree, (node) => {
      const isNumber =
        (ts.isParameter(node) || ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) &&
        node.type?.getText() === 'number';
      const name = isNumber && ts.isIdentifier(node.name) ? node.name.text : '';
      if (!TIME_WORD.test(name) || /(?:message|manag|stage|image|usage|average)/i.test(name)) return;
      total++;
      if (!UNIT.test(name)) unclear.push(`${path}: ${name}`);
    });
  }
  return { total, unclear };
}

/**
 * The line on which the first TypeScript example of each package's README begins.
 * @param {string} root
 */
export function firstExamples(root) {
  return readdirSync(join(root, 'packages')).map((name) => {
    const lines = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8').split('\n');
    return { name, line: lines.findIndex((line) => line.startsWith('```ts')) + 1 };
  });
}
