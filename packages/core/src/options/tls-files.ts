import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../errors.js';
import { invalidOption } from './invalid-option.js';

/** How a connection to a backend is encrypted: PEM files, read anew for each connection, so that they can be replaced. */
export interface TlsFiles {
  /** File of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** File of the certificate to show to servers that ask for one. */
  readonly cert?: string | undefined;
  /** File of the private key of `cert`. */
  readonly key?: string | undefined;
  /** Name to expect in the server's certificate instead of its host. */
  readonly serverName?: string | undefined;
}

/** The content of `TlsFiles`. */
export interface TlsMaterial {
  /** PEM text of the authorities. */
  readonly ca?: string;
  /** PEM text of the certificate. */
  readonly cert?: string;
  /** PEM text of the private key. */
  readonly key?: string;
  /** Name to expect in the server's certificate. */
  readonly serverName?: string;
}

/**
 * Reads the files of a `tls` option. Relative paths are relative to `folder`.
 * @param path where the option stands, for the error: `registry.tls`
 * @throws WEFT_CONFIG_INVALID when a file cannot be read, or one of cert and key is missing
 */
export async function readTlsFiles(files: TlsFiles, { folder, path }: { folder: string; path: string }): Promise<TlsMaterial> {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw invalidOption(
      path,
      `has ${files.cert === undefined ? 'key but no cert' : 'cert but no key'}: expected both, or neither`,
    );
  }
  const read = async (word: 'ca' | 'cert' | 'key') => {
    const file = files[word];
    if (file === undefined) return {};
    const text = await readFile(resolve(folder, file), 'utf8').catch((error: unknown) => {
      throw invalidOption(`${path}.${word}`, `cannot be read: ${messageOf(error)}`);
    });
    if (!text.includes('-----BEGIN ')) throw invalidOption(`${path}.${word}`, `${JSON.stringify(file)} is no PEM file`);
    return { [word]: text };
  };
  const parts = await Promise.all([read('ca'), read('cert'), read('key')]);
  return Object.assign({}, ...parts, files.serverName === undefined ? {} : { serverName: files.serverName });
}
