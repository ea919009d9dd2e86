import { steps } from './steps.mjs';

/** @typedef {import('./steps.mjs').Step} Step */

/** The machine this must be fast on has two cores. */
const lanes = 2;

/**
 * Runs every check, or only the named ones, to the end; then says which failed. Output is shown for failures only.
 * @param {readonly string[]} names
 * @returns {Promise<number>} exit code
 */
export async function check(names) {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`Unknown check: ${unknown.join(', ')}. Known: ${steps.map((step) => step.name).join(', ')}.\n`);
    return 1;
  }
  const chosen = withBuild(names.length > 0 ? steps.filter((step) => names.includes(step.name)) : steps);
  const failed = await runAll(chosen);
  process.stdout.write(failed.length > 0 ? `\nFAILED: ${failed.join(', ')}\n` : `\nAll ${chosen.length} checks passed.\n`);
  return failed.length > 0 ? 1 : 0;
}

/** @param {readonly Step[]} chosen */
function withBuild(chosen) {
  return steps.filter((step) => chosen.includes(step) || (step.name === 'build' && chosen.some((other) => other.needsBuild)));
}

/**
 * @param {readonly Step[]} chosen
 * @returns {Promise<string[]>} the names of those that failed
 */
async function runAll(chosen) {
  /** @type {Map<string, Promise<boolean>>} */
  const results = new Map();
  const waiting = [...chosen];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = runStep(step, step.needsBuild ? results.get('build') : undefined);
      results.set(step.name, result);
      await result;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const outcomes = await Promise.all(results.values());
  return [...results.keys()].filter((_, index) => !outcomes[index]);
}

/**
 * @param {Step} step
 * @param {Promise<boolean> | undefined} build what the step waits for
 */
async function runStep({ name, run }, build) {
  if (build && !(await build)) {
    report(name, 'NOT RUN', 'the build failed');
    return false;
  }
  const startedAt = performance.now();
  const { code, output } = await run();
  report(name, code === 0 ? 'ok' : 'FAILED', `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  if (code !== 0) process.stdout.write(`${output.trimEnd().replace(/^/gm, '  | ')}\n`);
  return code === 0;
}

/**
 * @param {string} name
 * @param {string} result
 * @param {string} more
 */
function report(name, result, more) {
  process.stdout.write(`${name.padEnd(10)} ${result.padEnd(7)} ${more}\n`);
}
