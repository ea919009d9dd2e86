import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './imports-of.mjs';

/** @typedef {import('./workspace.mjs').Package} Package */
/** @typedef {import('./workspace.mjs').SourceFile} SourceFile */

/** Clients of other systems: each has one owner, so that it can be replaced in one place. */
const owned = /^(?:ioredis|consul|etcd3|undici|opossum|pino|find-my-way|@grpc\/[^/]+)$/;

/**
 * Which packages may use a library that is not for everybody.
 * @type {Readonly<Record<string, { may: (each: Package) => boolean, rule: string }>>}
 */
const restricted = {
  zod: {
    may: (each) => each.isDriver || /^@weft\/(?:host|config|backend-.+)$/.test(each.name),
    rule: 'zod belongs to host, config, drivers and their backends',
  },
  pino: { may: (each) => each.name === '@weft/logging', rule: 'pino belongs to logging' },
};

/**
 * What the imports of the sources say against the layers.
 * @param {readonly Package[]} packages
 * @returns {string[]} one line per broken rule
 */
export function importProblems(packages) {
  const imports = packages.flatMap((from) =>
    from.files.flatMap((file) => importsOf(file.text).map((specifier) => ({ from, file, specifier }))),
  );
  const published = imports.filter(
    ({ from, file }) => from.folder.startsWith('packages/') && !file.isTest && inSource(from, file),
  );
  return [...imports.flatMap(reachProblems), ...published.flatMap(useProblems), ...ownerProblems(published)];
}

/** @typedef {{ from: Package, file: SourceFile, specifier: string }} Import */

/**
 * @param {Import} import_
 * @returns {string[]}
 */
function reachProblems({ from, file, specifier }) {
  const target = posix.join(posix.dirname(file.path), specifier);
  const leaves = specifier.startsWith('.') && !target.startsWith(`${from.folder}/`) && !file.path.endsWith('.config.ts');
  const digs = /^@weft[^/]*\/[^/]+\/(?:src|dist)(?:\/|$)/.test(specifier);
  return leaves || digs ? [`${file.path}: imports "${specifier}"; nothing reaches into another package's files`] : [];
}

/**
 * @param {Import} import_
 * @returns {string[]}
 */
function useProblems({ from, file, specifier }) {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return [];
  if (isBuiltin(specifier)) return [`${file.path}: imports "${specifier}"; write "node:${specifier}"`];
  const name = packageName(specifier);
  const problems = [];
  if (!from.runtime.includes(name)) {
    problems.push(`${file.path}: imports "${name}", which is not among the dependencies of ${from.name}`);
  }
  const limit = Object.hasOwn(restricted, name) ? restricted[name] : undefined;
  if (limit && !limit.may(from)) problems.push(`${file.path}: imports "${name}"; ${limit.rule}`);
  return problems;
}

/**
 * @param {readonly Import[]} imports
 * @returns {string[]}
 */
function ownerProblems(imports) {
  const ofClients = imports
    .map((each) => ({ ...each, name: packageName(each.specifier) }))
    .filter(({ name }) => owned.test(name));
  return ofClients.flatMap(({ from, file, name }) => {
    const owner = ofClients.find((other) => other.name === name)?.from ?? from;
    return owner === from
      ? []
      : [`${file.path}: imports "${name}", which ${owner.name} imports too; a client library has one owner`];
  });
}

/**
 * @param {Package} from
 * @param {SourceFile} file
 */
function inSource(from, file) {
  return file.path.startsWith(`${from.folder}/src/`);
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
