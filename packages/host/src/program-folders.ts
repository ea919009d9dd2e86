import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folders that drivers are resolved from when no config file says where: that of `from`, else those of the program's
 * main module and the working directory.
 * @param from a folder, a file, or a file URL such as `import.meta.url`
 */
export function programFolders(from?: string): readonly string[] {
  if (from !== undefined) return [folderOf(from.startsWith('file:') ? fileURLToPath(from) : resolve(from))];
  const main = process.argv[1];
  const folders = main === undefined ? [] : [dirname(realpath(main)), dirname(main)];
  return [...new Set([...folders, process.cwd()])];
}

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path;
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
