import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scaffoldDriver } from '@weft/conformance';

const usage = `node tooling/new-driver/run.mjs <slot> <name> [--out <folder>] [--scope <@scope>] [--standalone]

Begins a driver for the slot registry, config, balancer or breaker: 6 files that work as they stand.
By default it is a package of this workspace, packages/<slot>-<name>; with --standalone it needs only what is published.`;

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/**
 * @param {string[]} args
 * @returns {readonly string[]} the paths of the files that were written
 * @throws Error when they do not say what to do
 */
function newDriver(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, scope: { type: 'string' }, standalone: { type: 'boolean', default: false } },
  });
  const [slot, name, ...more] = positionals;
  if (slot === undefined || name === undefined || more.length > 0) throw new Error(usage);
  const inWorkspace = !values.standalone;
  const folder = resolve(values.out ?? (inWorkspace ? packages : '.'), values.out ? '' : `${slot}-${name}`);
  return scaffoldDriver({ slot, name, folder, inWorkspace, scope: values.scope ?? (inWorkspace ? '@weft' : undefined) });
}

try {
  const files = newDriver(process.argv.slice(2));
  for (const file of files) process.stdout.write(`${relative(process.cwd(), file)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
