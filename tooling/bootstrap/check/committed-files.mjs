import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, toolEnv } from '../paths.mjs';
import { captureCommand } from '../run-command.mjs';

/** A lockfile with addresses in it installs only where these hosts can be reached. */
const address = /https?:\/\/|tarball:/;

/** The host of a package registry: whoever installs has one of their own configured. */
const registryHost = /\bregistry\.[a-z]+\.(?:org|com)\b/;

/**
 * What must not stand in committed files: package registries.
 * @returns {Promise<string[]>} one line per finding
 */
export async function committedFileProblems() {
  const { code, output } = await captureCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    env: toolEnv(),
  });
  if (code !== 0) return [`git ls-files failed: ${output}`];
  return output
    .split('\0')
    .filter(Boolean)
    .flatMap((path) => problemsOf(path, read(path)));
}

/**
 * @param {string} path from the root
 * @param {string} text
 */
function problemsOf(path, text) {
  const rules = [{ forbidden: registryHost, rule: 'names the host of a package registry' }];
  if (path === 'pnpm-lock.yaml') rules.push({ forbidden: address, rule: 'has an address: lock package names and versions only' });
  return text
    .split('\n')
    .flatMap((line, index) =>
      rules.filter(({ forbidden }) => forbidden.test(line)).map(({ rule }) => `${path}:${index + 1} ${rule}`),
    );
}

/** @param {string} path a file that git lists may have been deleted */
function read(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
