import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerName } from './server-name.js';

/** Where unpacked servers are kept: `.servers` in the checkout, which git ignores. Built or not, we stand two folders below it. */
export const serversFolder = fileURLToPath(new URL('../../../.servers', import.meta.url));

/** The file tree of an unpacked server. It appears in one step, when it is whole. */
export function treeOf(name: ServerName, folder: string): string {
  return join(folder, name);
}

/** What lies in the tree beside the packages' files: which server this is. */
export function manifestOf(name: ServerName, folder: string): string {
  return join(treeOf(name, folder), 'weft-server.json');
}

/** Why the last attempt to obtain the server failed, for people; the file's time is that of the attempt. */
export function missingFileOf(name: ServerName, folder: string): string {
  return join(folder, `${name}.missing`);
}
