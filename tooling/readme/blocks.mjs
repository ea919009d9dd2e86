/**
 * One block of a README that runs as it stands.
 * @typedef {object} Block
 * @property {string} readme path from the root
 * @property {number} line of the opening fence, counted from 1
 * @property {string} code
 */

/**
 * The blocks that run as they stand: ```ts, but not ```ts no-run.
 * @param {string} readme path from the root
 * @param {string} text
 * @returns {Block[]}
 */
export function blocksOf(readme, text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ line: number, info: string, code: string[] } | undefined} */
  let open;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (!fence) open?.code.push(line);
    else if (!open) open = { line: index + 1, info: (fence[1] ?? '').trim(), code: [] };
    else {
      if (open.info === 'ts') blocks.push({ readme, line: open.line, code: open.code.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}

/**
 * Whoever opens the README of a package sees a whole, short example without scrolling.
 * @param {string} readme path from the root
 * @param {Block | undefined} first
 * @returns {string[]}
 */
export function openingProblems(readme, first) {
  if (!first) return [`${readme}: has no \`\`\`ts block that runs`];
  const lines = first.code.split('\n').length;
  return [
    ...(first.line > 10 ? [`${readme}:${first.line}: the first \`\`\`ts block starts after line 10`] : []),
    ...(lines > 10 ? [`${readme}:${first.line}: the first \`\`\`ts block has ${lines} lines; 10 are enough`] : []),
  ];
}
