import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTlsFiles } from './tls-files.js';

const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-tls-'));
  await writeFile(join(folder, 'ca.pem'), PEM);
  await writeFile(join(folder, 'text.pem'), 'hello');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('The files of a tls option', () => {
  it('are read relative to the folder of the config', async () => {
    expect(await readTlsFiles({ ca: 'ca.pem', serverName: 'x' }, { folder, path: 'registry.tls' })).toEqual({
      ca: PEM,
      serverName: 'x',
    });
  });

  it.each([
    [{ ca: 'gone.pem' }, /registry\.tls\.ca: cannot be read: ENOENT/],
    [{ ca: 'text.pem' }, /registry\.tls\.ca: "text\.pem" is no PEM file/],
    [{ cert: 'ca.pem' }, /registry\.tls: has cert but no key: expected both, or neither/],
    [{ key: 'ca.pem' }, /registry\.tls: has key but no cert/],
  ])('%j is refused', async (files, message) => {
    await expect(readTlsFiles(files, { folder, path: 'registry.tls' })).rejects.toThrow(message);
  });
});
