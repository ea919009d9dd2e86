import { relative, resolve } from 'node:path';
import type { SystemCheck } from '@weft/host';
import type { Command, CommandInput } from './command.js';
import { EXIT } from './exit-code.js';

/** `weft check`: whether a config would do, what it would load, and what is missing. Opens nothing. */
export const check: Command = {
  name: 'check',
  summary: 'Check a config: what it would load, everything that is wrong, and what is to be installed. Opens nothing.',
  args: ['config?'],
  options: ['config'],
  examples: ['check', 'check apps/orders/weft.config.yaml --json'],
  async run({ args: [path], options, io, out }) {
    const { checkSystem } = await import('@weft/host');
    const file = path ?? options.config;
    const found = await checkSystem(file, { folder: io.folder, env: io.env });
    if (out.isJson) out.document({ ok: found.problems.length === 0, ...found });
    else tell(found, io.folder, out);
    return found.problems.length === 0 ? EXIT.ok : EXIT.wrong;
  },
};

function tell({ file, drivers, absent, problems, missing }: SystemCheck, folder: string, out: CommandInput['out']): void {
  out.line(shown(file, folder));
  if (drivers.length > 0) {
    out.line('');
    const rows = drivers.map((driver) => [driver.slot, driver.name, driver.path, shown(driver.file, folder)]);
    out.table(['SLOT', 'DRIVER', 'CONFIG', 'FILE'], rows);
  }
  for (const { slot, message } of absent) out.line(`\nThe slot "${slot}" stays empty: ${message}`);
  out.line(
    `\n${problems.length === 0 ? 'No problems.' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:`}`,
  );
  for (const { path, message } of problems) out.line(`  ${path ? `${path}: ` : ''}${message}`);
  if (missing.length > 0) out.line(`\nInstall what is missing: pnpm add ${missing.join(' ')}`);
}

function shown(file: string, folder: string): string {
  const way = relative(resolve(folder), file);
  return way.startsWith('..') ? file : way;
}
