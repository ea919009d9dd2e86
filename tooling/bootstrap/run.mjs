import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check/check.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { nodeVersionProblem } from './node-version.mjs';
import { obtainServers } from './obtain-servers.mjs';
import { root, toolEnv } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { testNodes } from './test-nodes.mjs';

/** What `npm run <task>` starts. Every task first makes sure that the dependencies of this checkout are installed. */
const tasks = {
  /** @param {string[]} args */
  test: async (args) =>
    (await prepare('redis', 'etcd', 'etcd35', 'consul', 'prometheus', 'zipkin')) ||
    node('node_modules/vitest/vitest.mjs', ['run', ...args]),
  /** @param {string[]} args */
  demo: async (args) => (await prepare()) || node('apps/shop/dist/main.js', args),
  /** @param {string[]} args */
  bench: async (args) => (await prepare()) || node('tooling/bench/src/run-bench.mjs', args),
  /** @param {string[]} args */
  servers: async (args) => (await prepare()) || node('tooling/servers/dist/main.js', args),
  /** @param {string[]} args */
  faults: async (args) =>
    (await prepare('redis', 'etcd', 'etcd35', 'consul')) || node('tooling/chaos/src/faults/run-faults.mjs', args),
  build: async () => prepare(),
  /** @param {string[]} args */
  check: async (args) => (await install()) || check(args),
  'test:nodes': testNodes,
  house: async () => (await install()) || node('tooling/house/house.mjs', []),
};

/** @param {string[]} argv the task and its arguments */
async function main([task = '', ...args]) {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem) return fail(problem);
  if (!Object.hasOwn(tasks, task)) return fail(`Unknown task "${task}". Known: ${Object.keys(tasks).join(', ')}.`);
  return tasks[/** @type {keyof typeof tasks} */ (task)](args);
}

/**
 * Installs and builds, one start of this checkout at a time: two builds would empty each other's dist folders. Then gets
 * the servers that the task wants; without one of them it does less, and says so itself.
 * @param {string[]} servers
 */
async function prepare(...servers) {
  const code = await withLock(async () => (await ensureInstalled()) || build());
  if (code === 0 && servers.length > 0) await obtainServers(servers);
  return code;
}

function install() {
  return withLock(ensureInstalled);
}

/**
 * @param {string} script path from the root
 * @param {string[]} args
 */
function node(script, args) {
  if (!existsSync(join(root, script))) return fail(`${script} is missing: this checkout is incomplete.`);
  return runCommand(process.execPath, [join(root, script), ...args], { env: toolEnv() });
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  return 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = fail(error instanceof Error ? error.message : String(error));
  },
);
