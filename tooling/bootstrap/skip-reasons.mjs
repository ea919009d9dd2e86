/** @import { TestCase } from 'vitest/node' */

/** How a title of a suite or a test says that its server is missing: as `findServer` of @weft-tooling/servers does. */
const missing = /\bno (\S+) here: (.*)$/;

/** Counts skipped tests by the reason of the skip. */
export class SkipReasons {
  /** @type {Map<string, number>} */
  #counts = new Map();

  /** @param {TestCase} test one that was skipped */
  add(test) {
    const reason = reasonOf(test);
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /**
   * One line per reason, in the order in which they came up.
   * @returns {string[]}
   */
  lines() {
    return [...this.#counts].map(([reason, count]) => `skipped: ${count} ${reason}`);
  }
}

/**
 * What the test itself noted when it skipped itself; else the missing server in the nearest title; else nothing known.
 * @param {TestCase} test
 */
function reasonOf(test) {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  const titles = [...titlesOf(test)];
  const title = titles.find((each) => missing.test(each));
  const [, server, why] = missing.exec(note ?? title ?? '') ?? [];
  if (server && why) return `on ${server}: ${withoutOpenEnd(why)}`;
  return note ? `because ${note}` : `without a reason, such as "${titles.at(0)}"`;
}

/**
 * Titles from the test outwards.
 * @param {TestCase} test
 */
function* titlesOf(test) {
  yield test.name;
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) yield suite.name;
}

/**
 * The reason may stand in brackets at the end of a title.
 * @param {string} text
 */
function withoutOpenEnd(text) {
  const depth = text.split('(').length - text.split(')').length;
  return depth < 0 && text.endsWith(')') ? text.slice(0, -1) : text;
}
