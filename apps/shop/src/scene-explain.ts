import type { CallExplanation } from '@weft/client';
import type { Scene } from './scene.js';

/** (j) What orders has logged of a call that failed while no users were there: who could have answered, what was tried, and why not more. */
export const explain: Scene = {
  name: 'a failed call explains itself',
  async play({ fleet, say }) {
    const records = fleet.linesOf('orders').flatMap(explainedIn);
    const [record] = records.sort((a, b) => b.attempts.length - a.attempts.length);
    if (!record) return { ok: false, detail: 'orders has logged no failed call' };
    const { call, code, because, candidates, attempts } = record;
    for (const line of inWords(record)) say(line);
    const isWhole = candidates.length > 0 && attempts.length > 0 && because !== '';
    const counts = `${candidates.length} candidates, ${times(attempts.length)}`;
    return { ok: isWhole && code !== undefined, detail: `${call}: ${code}, ${counts}, because ${because}` };
  },
};

function explainedIn(line: string): CallExplanation[] {
  if (!line.includes('"explained"')) return [];
  return [(JSON.parse(line) as { readonly explained: CallExplanation }).explained];
}

function times(tries: number): string {
  return tries === 1 ? '1 try' : `${tries} tries`;
}

function inWords(record: CallExplanation): string[] {
  const { call, code, because, candidates, attempts, breaker, budgetLeft, durationMs = 0 } = record;
  return [
    `${call} failed with ${code} after ${durationMs.toFixed(0)} ms, because ${because}`,
    ...candidates.map(({ instance, version, address, tries, skipped }) => {
      return `  candidate ${instance} ${version} at ${address}: ${times(tries)}${skipped ? `, now passed over: ${skipped}` : ''}`;
    }),
    ...attempts.map(
      ({ instance, outcome, durationMs: ms }, at) => `  try ${at + 1}: ${instance} ${outcome} in ${ms.toFixed(1)} ms`,
    ),
    `  breaker ${breaker}, ${budgetLeft} retries left in the budget`,
  ];
}
