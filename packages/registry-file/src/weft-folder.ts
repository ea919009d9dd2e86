import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const MARKS = ['package.json', 'pnpm-workspace.yaml'];

/**
 * Where the processes of one repository meet: `$WEFT_DIR`, else `.weft` beside the package.json or pnpm-workspace.yaml
 * furthest up from `cwd`, else `.weft` in `cwd`.
 */
export function defaultWeftFolder(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  if (env.WEFT_DIR) return resolve(cwd, env.WEFT_DIR);
  let furthest = resolve(cwd);
  for (let folder = furthest; ; folder = dirname(folder)) {
    if (MARKS.some((mark) => existsSync(join(folder, mark)))) furthest = folder;
    if (dirname(folder) === folder) return join(furthest, '.weft');
  }
}
