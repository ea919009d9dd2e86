import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const limitMs = 20_000;

/**
 * Runs a module in a process of its own, in an empty folder, which is also its WEFT_DIR.
 * @param {string} module path of the file
 * @param {Record<string, string>} [env] its environment, beside ours
 * @returns {Promise<string | undefined>} what went wrong, if anything
 */
export function runBlock(module, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'weft-readme-'));
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: { ...process.env, ...env, WEFT_DIR: folder },
      timeout: limitMs,
      killSignal: /** @type {const} */ ('SIGKILL'),
    };
    execFile(process.execPath, ['--enable-source-maps', module], options, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true });
      if (!error) resolve(undefined);
      else if (error.killed) resolve(`did not end within ${limitMs / 1_000} s\n${stdout}${stderr}`);
      else resolve(`failed with exit code ${error.code ?? error.signal}\n${stdout}${stderr}`);
    });
  });
}
