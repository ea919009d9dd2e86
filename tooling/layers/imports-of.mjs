/** A string or template (named), or a comment. A regular expression with a lone backtick in it is beyond this. */
const stringOrComment = /(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** What stands directly before the name of a module. */
const importing = /\b(?:from|import|import\s*\(|require\s*\()\s*$/;

/**
 * What a source file imports, also types and dynamically.
 * @param {string} text
 * @returns {string[]} the specifiers
 */
export function importsOf(text) {
  return Array.from(text.matchAll(stringOrComment))
    .filter(({ groups, index }) => groups?.string && importing.test(text.slice(Math.max(0, index - 20), index)))
    .map(([literal]) => literal.slice(1, -1));
}

/**
 * Only what is executed; line numbers stay.
 * @param {string} text
 */
export function withoutCommentsAndStrings(text) {
  return text.replace(stringOrComment, (all) => all.replace(/[^\n]/g, ''));
}
