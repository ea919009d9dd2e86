import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript-5.9';

/**
 * @typedef {{ path: string, package: string, text: string, tree: ts.SourceFile, isTest: boolean }} Source
 */

/**
 * Every TypeScript file of the packages, parsed. Parsed by TypeScript 5.9, since 7 has no JavaScript API.
 * @param {string} root
 * @returns {Source[]}
 */
export function readSources(root) {
  const packages = readdirSync(join(root, 'packages'));
  return packages.flatMap((name) =>
    filesBelow(join(root, 'packages', name, 'src'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => {
        const text = readFileSync(file, 'utf8');
        const isTest = /\.(?:test|fixture)\.ts$/.test(file);
        const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
        return { path: relative(root, file), package: name, text, tree, isTest };
      }),
  );
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} visit
 */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** @param {ts.Node} node */
export function lineCount(node) {
  const source = node.getSourceFile();
  const from = source.getLineAndCharacterOfPosition(node.getStart()).line;
  return source.getLineAndCharacterOfPosition(node.getEnd()).line - from + 1;
}

/**
 * The doc comment right before a node, or an empty text.
 * @param {ts.Node} node
 */
export function docOf(node) {
  const ranges = ts.getLeadingCommentRanges(node.getSourceFile().text, node.getFullStart()) ?? [];
  const texts = ranges.map(({ pos, end }) => node.getSourceFile().text.slice(pos, end));
  return texts.filter((text) => text.startsWith('/**')).at(-1) ?? '';
}
