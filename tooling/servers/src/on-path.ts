import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file of a program on a search path; undefined when there is none. */
export function onPath(program: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, program)).find((each) => existsSync(each));
}
