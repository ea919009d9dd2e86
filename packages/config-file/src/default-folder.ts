import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Where all processes of one repository meet: `$WEFT_DIR`, else `.weft` beside the package.json or pnpm-workspace.yaml
 * furthest up from `from`, else `.weft` in it.
 */
export function defaultFolder(from: string = process.cwd(), given: string | undefined = process.env.WEFT_DIR): string {
  if (given) return resolve(from, given);
  let root = from;
  for (let folder = from; ; folder = dirname(folder)) {
    if (['package.json', 'pnpm-workspace.yaml'].some((name) => existsSync(join(folder, name)))) root = folder;
    if (folder === dirname(folder)) return join(root, '.weft');
  }
}
