// @ts-check
// The faults of the real servers with defaults and real lengths: `npm run faults [-- R32 kill-restart --backend etcd,redis --report FILE --short]`
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsTable } from './faults-table.mjs';

const HELP = `Usage: npm run faults [-- ID... --backend NAME,... --report FILE --short]

Runs the faults of the table and the cases of the drivers on real servers, with defaults and real lengths, and prints what was measured.

  ID             only these, such as R32 or kill-restart
  --backend      only on these: consul, etcd, etcd35, redis
  --report FILE  writes the table into a file too
  --short        the lengths of npm test
`;
const BACKENDS = ['consul', 'etcd', 'etcd35', 'redis'];
const root = fileURLToPath(new URL('../../../../', import.meta.url));

process.exitCode = await main();

async function main() {
  const given = argumentsOf();
  if (given instanceof Error) {
    process.stderr.write(`${given.message}\n\n${HELP}`);
    return 1;
  }
  const { values, positionals } = given;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const backends = values.backend?.split(',') ?? BACKENDS;
  const unknown = backends.filter((name) => !BACKENDS.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`--backend: unknown ${unknown.join(', ')}. Known: ${BACKENDS.join(', ')}.\n`);
    return 1;
  }
  const mode = values.short ? 'short' : 'full';
  const records = join(root, 'node_modules/.weft-faults', mode);
  rmSync(records, { recursive: true, force: true });
  const ids = positionals.length > 0 ? { WEFT_FAULTS_ROWS: positionals.join(',') } : {};
  const env = { WEFT_FAULTS: mode, WEFT_FAULTS_RECORDS: records, ...ids };
  const files = backends.map((name) => `src/faults/${name}-`);
  const codes = [await vitest(files, { ...env, WEFT_FAULTS_PART: 'together' })];
  codes.push(await vitest([...files, '--no-file-parallelism'], { ...env, WEFT_FAULTS_PART: 'alone' }));
  const found = readRecords(records);
  if (found.length === 0) {
    process.stderr.write(`Nothing was run: no row has such an id, or no such server is there.\n`);
    return 1;
  }
  const table = faultsTable(found);
  process.stdout.write(`\n${table}`);
  if (values.report) writeFileSync(values.report, table);
  return Math.max(...codes);
}

function argumentsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { backend: { type: 'string' }, report: { type: 'string' }, short: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * @param {readonly string[]} given
 * @param {Record<string, string>} env
 * @returns {Promise<number>} its exit code
 */
function vitest(given, env) {
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'faults', '--passWithNoTests', ...given];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** @param {string} folder */
function readRecords(folder) {
  try {
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    return [];
  }
}
