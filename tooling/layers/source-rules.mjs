import { withoutCommentsAndStrings } from './imports-of.mjs';

/** @typedef {import('./workspace.mjs').Package} Package */
/** @typedef {import('./workspace.mjs').SourceFile} SourceFile */

/** A timer by its own name or off the global object, but not a method of that name: `client.setTimeout(`, `setTimeout(value: Duration)`. */
const timer = /(?<![.\w$])(?:globalThis\.)?(setTimeout|setInterval)\b(?!\s*\(\s*\w+\s*(?:\??\s*:|\)\s*\{))/;
const clockReading = /\b(Date\.now|Math\.random)\b/;

/** Names that say nothing about what is inside. */
const emptyName = /(?:^|\/)(utils?|common|helpers?|shared)(?:\.[^/]+)?(?:\/|$)/;

/**
 * What the text and the names of the sources say against the rules that are not about imports.
 * @param {readonly Package[]} packages
 * @returns {string[]} one line per broken rule
 */
export function sourceProblems(packages) {
  return packages.flatMap((from) => from.files.flatMap((file) => [...nameProblems(file), ...timeProblems(from, file)]));
}

/**
 * @param {SourceFile} file
 * @returns {string[]}
 */
function nameProblems({ path }) {
  const [, name] = emptyName.exec(path) ?? [];
  return name ? [`${path}: "${name}" says nothing about what is inside; name it after what it does`] : [];
}

/**
 * Behaviour runs on a clock and a source of randomness that are handed in, so that a test can own both.
 * @param {Package} from
 * @param {SourceFile} file
 * @returns {string[]}
 */
function timeProblems(from, file) {
  const isBehaviour = file.path.startsWith('packages/') && file.path.startsWith(`${from.folder}/src/`) && !file.isTest;
  if (!isBehaviour || from.isDriver || file.path === 'packages/core/src/clock.ts') return [];
  return withoutCommentsAndStrings(file.text)
    .split('\n')
    .flatMap((line, index) => {
      const [, timerName] = from.name === '@weft/conformance' ? [] : (timer.exec(line) ?? []);
      const name = timerName ?? clockReading.exec(line)?.[1];
      return name ? [`${file.path}:${index + 1}: uses ${name}; take a Clock or Random of @weft/core as an option`] : [];
    });
}
