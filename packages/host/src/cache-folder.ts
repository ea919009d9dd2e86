import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Where compiled TypeScript is kept between two starts. What lies there is run, so it is a folder that nobody else can
 * write into; undefined when somebody else was there first.
 */
export function cacheFolder(): string | undefined {
  const me = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `weft-jiti-${me}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOurs = process.platform === 'win32' || (found.uid === me && (found.mode & WRITABLE_BY_OTHERS) === 0);
    return isOurs && found.isDirectory() ? folder : undefined;
  } catch {
    return undefined;
  }
}
