import { join } from 'node:path';
import { root, toolEnv } from './paths.mjs';
import { captureCommand } from './run-command.mjs';

/**
 * Builds what changed in packages and apps; silent unless something fails or takes a while.
 * @returns {Promise<number>} exit code
 */
export async function build() {
  const slow = setTimeout(() => process.stderr.write('Building ...\n'), 1_000);
  const { code, output } = await turbo('build');
  clearTimeout(slow);
  if (code !== 0) process.stderr.write(`${output}\nThe build failed.\n`);
  return code;
}

/**
 * Runs a turbo task over the whole workspace; only failing packages write to the output.
 * @param {string} task
 */
export function turbo(task) {
  const script = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  return captureCommand(process.execPath, [script, 'run', task, '--output-logs=errors-only', '--continue'], { env: toolEnv() });
}
