import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, WeftError } from '@weft/core';
import type { CliIo } from './cli-io.js';

/**
 * What an argument stands for: `@file` the file's content, `-` all of standard input, else itself.
 * @throws WEFT_INVALID_ARGUMENT when the file cannot be read
 */
export async function readData(argument: string, { folder, stdin }: Pick<CliIo, 'folder' | 'stdin'>): Promise<Buffer> {
  if (argument === '-') return readAll(stdin);
  if (!argument.startsWith('@')) return Buffer.from(argument);
  const file = resolve(folder, argument.slice(1));
  try {
    return await readFile(file);
  } catch (cause) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', `cannot read ${argument}: ${messageOf(cause)}`, { cause });
  }
}

async function readAll(stdin: CliIo['stdin']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
