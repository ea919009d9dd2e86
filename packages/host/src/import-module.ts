import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Endings of files that Node 20 cannot import by itself. */
const TYPESCRIPT: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts']);

/** The default export of a module file; TypeScript goes through jiti, which is loaded only then. */
export async function importModule(file: string): Promise<unknown> {
  if (TYPESCRIPT.has(extname(file))) return importTypeScript(file);
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}

/** The default export of a module file through jiti, whatever its ending. */
export async function importTypeScript(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(file).href, { fsCache: join(tmpdir(), `weft-jiti-${process.getuid?.() ?? 0}`) });
  return jiti.import(file, { default: true });
}
