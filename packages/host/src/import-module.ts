import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from './cache-folder.js';

/** Endings of files that Node 20 cannot import by itself. */
const TYPESCRIPT: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts']);

/** TypeScript that is being loaded, by file: jiti evaluates a file once more for each who asks before it is done. */
const loading = new Map<string, Promise<unknown>>();

/** The default export of a module file, evaluated once; TypeScript goes through jiti, which is loaded only then. */
export async function importModule(file: string): Promise<unknown> {
  if (TYPESCRIPT.has(extname(file))) {
    const shared = loading.get(file) ?? importTypeScript(file).finally(() => loading.delete(file));
    loading.set(file, shared);
    return shared;
  }
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}

/** The default export of a module file through jiti, whatever its ending. */
export async function importTypeScript(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(file).href, { fsCache: cacheFolder() ?? false });
  return jiti.import(file, { default: true });
}
